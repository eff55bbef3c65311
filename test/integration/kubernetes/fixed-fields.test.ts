import { afterAll, beforeAll, expect, test } from 'vitest';
import { applyPlan } from '../../../src/engine/apply-plan.ts';
import { usual } from '../../../src/targets/kubernetes/plan/allowed.ts';
import type { Target } from '../../../src/targets/target.ts';
import { labSuite } from '../../support/lab.ts';
import { type App, change, changed, openApp, openTarget } from './support/app.ts';
import { explained } from './support/explained.ts';
import { objectOf } from './support/kubectl.ts';

const image = `nowhere.invalid/orders@sha256:${'0'.repeat(64)}`;
const container = (value: string) =>
  `containers: [{name: a, image: orders, env: [{name: A, value: ${value}}]}]`;
const template =
  'template: {metadata: {labels: {a: b, c: d}}, spec: {containers: [{name: a, image: orders}]}}';

/** By kind, in the words of whose refusal the API server differs: what is after the metadata, in two versions. */
const kinds: Record<string, { apiVersion: string; first: string; second: string }> = {
  ConfigMap: {
    apiVersion: 'v1',
    first: 'immutable: true\ndata: {A: a}',
    second: 'immutable: true\ndata: {A: b}',
  },
  Deployment: {
    apiVersion: 'apps/v1',
    first: `spec: {replicas: 0, selector: {matchLabels: {a: b}}, ${template}}`,
    second: `spec: {replicas: 0, selector: {matchLabels: {c: d}}, ${template}}`,
  },
  // Held back, so that it is nowhere and goes at once.
  Pod: {
    apiVersion: 'v1',
    first: `spec: {schedulingGates: [{name: example.com/never}], ${container('a')}}`,
    second: `spec: {schedulingGates: [{name: example.com/never}], ${container('b')}}`,
  },
  PriorityClass: { apiVersion: 'scheduling.k8s.io/v1', first: 'value: 1', second: 'value: 2' },
  RoleBinding: {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    first: 'roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: a}',
    second: 'roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: b}',
  },
  Service: {
    apiVersion: 'v1',
    first: 'spec: {ports: [{port: 80}]}',
    second: 'spec: {clusterIP: None, ports: [{port: 80}]}',
  },
  StatefulSet: {
    apiVersion: 'apps/v1',
    first: `spec: {replicas: 0, serviceName: a, selector: {matchLabels: {a: b}}, ${template}}`,
    second: `spec: {replicas: 0, serviceName: b, selector: {matchLabels: {a: b}}, ${template}}`,
  },
  StorageClass: {
    apiVersion: 'storage.k8s.io/v1',
    first: 'provisioner: example.com/none\nparameters: {A: a}',
    second: 'provisioner: example.com/none\nparameters: {A: b}',
  },
};

labSuite('kubernetes target', ['kubeconfig', 'kubectl'], () => {
  let app: App;
  let replacing: Target;
  beforeAll(async () => {
    app = await openApp();
    replacing = openTarget(app.namespace, { allowed: { ...usual, replace: Object.keys(kinds).map(idOf) } });
    await carryOut(app.target, await service());
  });
  afterAll(async () => {
    await carryOut(replacing, undefined);
    await replacing.close();
    await app.close();
  });

  /** The name is the app's own, since some of the kinds are of the whole cluster. */
  const idOf = (kind: string) => `${kind}/${app.namespace}`;
  const service = (second: readonly string[] = []) => {
    const texts = Object.entries(kinds).map(([kind, { apiVersion, ...versions }]) => {
      const rest = second.includes(kind) ? versions.second : versions.first;
      return [
        `${kind}.yaml`,
        `apiVersion: ${apiVersion}\nkind: ${kind}\nmetadata: {name: ${app.namespace}}\n${rest}\n`,
      ];
    });
    return app.service('orders', { image, files: Object.fromEntries(texts) });
  };
  /** Without waiting, for a pod that is never scheduled. Destroys without a service. */
  const carryOut = (target: Target, desired: Awaited<ReturnType<typeof service>> | undefined) =>
    target.locked(async () => {
      const plan = await (desired ? target.plan([desired]) : target.planRemoval());
      const signal = new AbortController().signal;
      await applyPlan(plan, { timeout: 60_000, wait: false }, { target, signal, emit: () => undefined });
      return plan;
    });

  test.each(Object.keys(kinds))('a field that is fixed, of a %s', async (kind) => {
    const explanation = await explained(app.target.plan([await service([kind])]));
    expect(explanation).toMatchObject({
      code: 'E_IMMUTABLE',
      exit: 'conflict',
      message: expect.stringMatching(`^${idOf(kind)} cannot be changed: `),
      hints: [expect.anything(), expect.stringContaining(`--replace ${idOf(kind)}`)],
    });
    expect([explanation.why].flat().join()).not.toContain('\n');
  });

  test('each of them is made anew where that is agreed to', async () => {
    const uids = () =>
      Promise.all(
        Object.keys(kinds).map(async (kind) => (await objectOf(app.namespace, idOf(kind))).metadata.uid),
      );
    const before = await uids();
    const plan = await carryOut(replacing, await service(Object.keys(kinds)));
    expect(changed(plan)).toEqual(
      Object.fromEntries(Object.keys(kinds).map((kind) => [idOf(kind), 'replace'])),
    );
    const after = await uids();
    expect(after.filter((uid) => before.includes(uid))).toEqual([]);
    expect(change(await app.target.plan([await service(Object.keys(kinds))]), idOf('Pod')).action).toBe(
      'none',
    );
  });
});

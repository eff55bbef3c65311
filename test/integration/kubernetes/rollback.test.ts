import { afterEach, beforeAll, expect, test, vi } from 'vitest';
import type { Event } from '../../../src/core/events.ts';
import { labSuite } from '../../support/lab.ts';
import { type App, deploy as applied, openApp } from './support/app.ts';
import { everything, kubectl, objectOf, settled } from './support/kubectl.ts';
import { serviceManifests } from './support/manifests.ts';
import { pushProbeImage } from './support/probe-image.ts';
import { recorded, recordMembers } from './support/record.ts';
import { deploy, results, rollback, thrownBy } from './support/releases.ts';

labSuite('kubernetes target', ['kubeconfig', 'kubectl', 'pods', 'registry'], () => {
  let image: string;
  let another: string;
  beforeAll(async () => {
    image = await pushProbeImage('kubernetes-target/rollback');
    another = await pushProbeImage('kubernetes-target/rollback', 'two');
  });
  let app: App;
  afterEach(() => app.close());

  const plain = (kind: string, name: string, data: Record<string, string>) =>
    `apiVersion: v1\nkind: ${kind}\nmetadata: {name: ${name}}\n${kind === 'Secret' ? 'stringData' : 'data'}: ${JSON.stringify(data)}\n`;
  const first = () =>
    app.service('orders', {
      image,
      files: {
        ...serviceManifests('orders', { greeting: 'one' }),
        'settings.yaml': plain('ConfigMap', 'settings', { A: '1', B: '1' }),
        'password.yaml': plain('Secret', 'password', { password: 'canary-one' }),
        'old.yaml': plain('ConfigMap', 'old', { OLD: '1' }),
      },
    });
  const second = (fails: boolean) =>
    app.service('orders', {
      image: another,
      env: fails ? { EXIT_CODE: '3' } : {},
      files: {
        ...serviceManifests('orders', { greeting: 'two', replicas: 2 }),
        'settings.yaml': plain('ConfigMap', 'settings', { A: '2', C: '2' }),
        'password.yaml': plain('Secret', 'password', { password: 'canary-two', more: 'canary-three' }),
        'new.yaml': plain('ConfigMap', 'new', { NEW: '1' }),
        'claim.yaml':
          'apiVersion: v1\nkind: PersistentVolumeClaim\nmetadata: {name: data}\nspec: {storageClassName: none, accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Mi}}}\n',
      },
    });

  /** Every field that is ours of everything of the service but versioned maps, which stay; by `Kind/name`. */
  const owned = async () => {
    const kinds = 'serviceaccount,configmap,secret,deployment,service,poddisruptionbudget,networkpolicy,pvc';
    const args = [
      'get',
      kinds,
      '-n',
      app.namespace,
      '-l',
      'cloudnative.dev/service=orders',
      '-o',
      'json',
      '--show-managed-fields',
    ];
    const { items } = JSON.parse(await kubectl(args));
    const entries = (
      items as (Record<string, unknown> & { kind: string; metadata: Record<string, unknown> })[]
    ).map(({ kind, metadata, data, spec, ...rest }) => {
      const ours = (metadata.managedFields as { manager: string; operation: string; fieldsV1: object }[])
        .filter(({ manager, operation }) => manager === 'cloudnative' && operation === 'Apply')
        .map(({ fieldsV1 }) => fieldsV1);
      const { labels } = metadata;
      return [`${kind}/${metadata.name}`, { labels, data, spec, type: rest.type, ours }] as const;
    });
    return Object.fromEntries(entries.filter(([id]) => !/^ConfigMap\/orders-[0-9a-f]{10}$/.test(id)));
  };
  const versions = async () =>
    (await kubectl(['get', 'configmap', '-n', app.namespace, '-o', 'name']))
      .match(/orders-[0-9a-f]{10}/g)!
      .sort();

  test('gives back every field, what was removed since, and the data; what is new goes, but no data', async () => {
    app = await openApp();
    await deploy(app.target, [await first()]);
    const before = await owned();
    await deploy(app.target, [await second(false)]);
    expect(await owned()).not.toEqual(before);
    expect(await owned()).not.toHaveProperty('ConfigMap/old');
    // As a person may do.
    await kubectl(['delete', 'configmap', 'settings', '-n', app.namespace]);
    const events: Event[] = [];
    expect(await rollback(app.target, undefined, { events })).toMatchObject({ to: 1, release: 3 });
    const { 'PersistentVolumeClaim/data': claim, ...after } = await owned();
    expect(after).toEqual(before);
    expect(claim).toBeDefined();
    const versioned = (await versions()).map((name) => `ConfigMap/${name}`);
    expect(await recorded(app.namespace)).toEqual(
      [...Object.keys(before), 'PersistentVolumeClaim/data', ...versioned].sort(),
    );
    expect((await recordMembers(app.namespace))!.filter(({ uid }) => !uid)).toEqual([]);
    const gone = events.findIndex((event) => event.type === 'removed' && event.resource === 'ConfigMap/new');
    const back = events.findIndex(
      (event) => event.type === 'ready' && event.resource === 'Deployment/orders',
    );
    expect(gone).toBeGreaterThan(back);
    expect(await results(app.target)).toEqual(['3 deployed', '2 deployed', '1 deployed']);
    // Again: there is nothing before release 1, whose state this is.
    expect(await thrownBy(rollback(app.target))).toMatchObject({ code: 'E_NO_RELEASE' });
    const quiet = await settled(app.namespace);
    expect((await rollback(app.target, 1)).release).toBeUndefined();
    expect(await everything(app.namespace)).toEqual(quiet);
    expect(await rollback(app.target, 2)).toMatchObject({ to: 2, release: 4 });
    expect((await objectOf(app.namespace, 'secret/password')).data).toEqual({
      password: Buffer.from('canary-two').toString('base64'),
      more: Buffer.from('canary-three').toString('base64'),
    });
  }, 120_000);

  test('by itself after a rollout that fails, with the first cause kept', async () => {
    app = await openApp();
    await deploy(app.target, [await first()]);
    const before = await owned();
    const failure = await thrownBy(deploy(app.target, [await second(true)], { rollbackOnFailure: true }));
    expect(failure).toMatchObject({
      code: 'E_ROLLOUT_FAILED',
      exit: 'failure',
      message: expect.stringMatching(/^orders cannot start: its container exits with code 3/),
      data: { resource: 'Deployment/orders', release: 2, rollback: { to: 1, release: 3, ok: true } },
    });
    const { 'PersistentVolumeClaim/data': _, ...after } = await owned();
    expect(after).toEqual(before);
    expect(JSON.stringify(failure)).not.toMatch(/canary/);
    expect(await results(app.target)).toEqual(['3 deployed', '2 failed', '1 deployed']);
    expect(await deploy(app.target, [await first()])).toMatchObject({ changed: false, release: 3 });

    // A repeated deploy has only left to remove what was to go at the end, and goes back all the same.
    expect(await thrownBy(deploy(app.target, [await second(true)]))).toMatchObject({
      data: { release: 4 },
    });
    const repeated = await thrownBy(deploy(app.target, [await second(true)], { rollbackOnFailure: true }));
    expect(repeated).toMatchObject({
      code: 'E_ROLLOUT_FAILED',
      message: expect.stringMatching(/^orders cannot start: its container exits with code 3/),
      data: { resource: 'Deployment/orders', release: 5, rollback: { to: 3, release: 6, ok: true } },
    });
    const { 'PersistentVolumeClaim/data': __, ...again } = await owned();
    expect(again).toEqual(before);
    expect(await results(app.target)).toEqual([
      '6 deployed',
      '5 failed',
      '4 failed',
      '3 deployed',
      '2 failed',
      '1 deployed',
    ]);
  }, 120_000);

  test('that fails too tells the first cause, and what is in which state', async () => {
    app = await openApp();
    await deploy(app.target, [await first()]);
    // From now on nobody can take the settings back.
    const policy = settingsGuard(app.namespace);
    const target = app.target;
    const wanted = await second(true);
    const events: Event[] = [];
    let guarded: Promise<unknown> | undefined;
    const watch = new Proxy(events, {
      get: (list, key) =>
        key === 'push'
          ? (event: Event) => {
              if (event.type === 'applied' && event.resource === 'Deployment/orders')
                guarded = kubectl(['apply', '-f', '-'], { input: policy });
              return list.push(event);
            }
          : Reflect.get(list, key),
    });
    try {
      const failure = await thrownBy(deploy(target, [wanted], { rollbackOnFailure: true, events: watch }));
      await guarded;
      expect(failure).toMatchObject({
        code: 'E_ROLLOUT_FAILED',
        message: expect.stringMatching(/^orders cannot start: its container exits with code 3/),
        why: expect.arrayContaining([
          expect.stringMatching(/^going back to release 1 failed too: /),
          '  ConfigMap/settings: perhaps as release 1 made it: its write was not confirmed',
          '  Deployment/orders: as release 2 made it, and it fails',
        ]),
        data: {
          release: 2,
          rollback: {
            to: 1,
            ok: false,
            error: { code: expect.any(String) },
            resources: expect.arrayContaining([
              {
                id: 'ConfigMap/settings',
                state: 'perhaps as release 1 made it: its write was not confirmed',
              },
              { id: 'Deployment/orders', state: 'as release 2 made it, and it fails' },
              { id: 'ConfigMap/new', state: 'as release 2 made it' },
            ]),
          },
        },
      });
      expect(JSON.stringify(failure)).not.toMatch(/canary/);
    } finally {
      await guarded;
      await kubectl(['delete', '-f', '-', '--ignore-not-found'], { input: policy });
    }
    await vi.waitFor(() => rollback(app.target, 1), { timeout: 30_000, interval: 1000 });
    expect((await objectOf(app.namespace, 'configmap/settings')).data).toEqual({ A: '1', B: '1' });
  }, 120_000);

  test('of a first install takes away what it created, and nothing that was there', async () => {
    app = await openApp();
    await applied(app.target, [
      await app.service('orders', { image, files: { 'a.yaml': plain('ConfigMap', 'settings', { A: '0' }) } }),
    ]);
    const foreign = await app.service('orders', {
      image,
      files: { 'a.yaml': plain('ConfigMap', 'foreign', { A: '0' }) },
    });
    await kubectl(['create', '-n', app.namespace, '-f', foreign.manifests]);
    const before = [...(await settled(app.namespace)).keys()];
    const failure = await thrownBy(deploy(app.target, [await second(true)], { rollbackOnFailure: true }));
    expect(failure).toMatchObject({
      code: 'E_ROLLOUT_FAILED',
      data: { release: 1, rollback: { ok: true } },
    });
    const after = await settled(app.namespace);
    expect([...after.keys()]).toEqual(expect.arrayContaining(before));
    const stayed = [...after]
      .filter(([uid]) => !before.includes(uid))
      .map(([, { name }]) => name.replace(/[0-9a-f]{8}\.1$/, 'run.1'));
    expect(stayed.sort()).toEqual([
      'PersistentVolumeClaim/data',
      'Secret/cloudnative.shop.staging.release.1',
      'Secret/cloudnative.shop.staging.release.1.run.1',
    ]);
    expect(await results(app.target)).toEqual(['1 failed']);
    expect(await recorded(app.namespace)).toEqual(['ConfigMap/settings', 'PersistentVolumeClaim/data']);
  }, 120_000);

  test('old pods never see the content of another release, in either direction', async () => {
    app = await openApp();
    const seen = async () => {
      const pods = JSON.parse(await kubectl(['get', 'pods', '-n', app.namespace, '-o', 'json'])) as {
        items: {
          metadata: { name: string };
          spec: { containers: { image: string; envFrom: { configMapRef: { name: string } }[] }[] };
        }[];
      };
      return pods.items.map(({ spec }) =>
        [spec.containers[0]!.image, spec.containers[0]!.envFrom[0]!.configMapRef.name].join(' '),
      );
    };
    await deploy(app.target, [await first()]);
    const [one] = await versions();
    const content = await objectOf(app.namespace, `configmap/${one}`);
    await deploy(app.target, [await second(false)]);
    await rollback(app.target);
    // Both are kept as they were: a pod of either release may be started again at any time.
    expect(await versions()).toHaveLength(2);
    expect((await objectOf(app.namespace, `configmap/${one}`)).metadata.uid).toBe(content.metadata.uid);
    const two = (await versions()).find((name) => name !== one)!;
    expect((await objectOf(app.namespace, `configmap/${two}`)).data).toEqual({ GREETING: 'two' });
    await vi.waitFor(async () => expect(new Set(await seen())).toEqual(new Set([`${image} ${one}`])), 20_000);
  }, 120_000);
});

/** Refuses every change of one object, also to us, but only when it is meant: a plan passes. */
function settingsGuard(namespace: string): string {
  const name = `guard-${namespace}`;
  const rule =
    '{apiGroups: [""], apiVersions: [v1], operations: [UPDATE], resources: [configmaps], resourceNames: [settings]}';
  return `apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingAdmissionPolicy
metadata: {name: ${name}}
spec:
  failurePolicy: Fail
  matchConstraints: {resourceRules: [${rule}]}
  validations: [{expression: "has(request.dryRun) && request.dryRun", message: "settings are frozen"}]
---
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingAdmissionPolicyBinding
metadata: {name: ${name}}
spec:
  policyName: ${name}
  validationActions: [Deny]
  matchResources: {namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: ${namespace}}}}
`;
}

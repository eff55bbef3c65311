import { afterEach, beforeEach, expect, test } from 'vitest';
import { ExpectedError } from '../../../src/core/errors.ts';
import type { Target } from '../../../src/targets/target.ts';
import { labSuite } from '../../support/lab.ts';
import { type App, change, changed, deploy, openApp, openTarget } from './support/app.ts';
import { type FaultProxy, faultProxy } from './support/fault-proxy.ts';
import { plainCluster, writeKubeconfig } from './support/kubeconfig.ts';
import { kubectl, objectOf } from './support/kubectl.ts';
import { recordName } from './support/record.ts';
import { things } from './support/things.ts';

labSuite('kubernetes target', ['kubeconfig', 'kubectl'], () => {
  let app: App;
  let group: string;
  let proxy: FaultProxy;
  let watched: Target;
  const own = async (create: boolean) => {
    app = await openApp({ create });
    group = `${app.namespace}.example.com`;
    proxy = await faultProxy(() => undefined);
    const kubeconfig = await writeKubeconfig(app.folder, { cluster: plainCluster(proxy.url) });
    watched = openTarget(app.namespace, { kubeconfig });
  };
  beforeEach(() => own(true));
  afterEach(async () => {
    await watched.close();
    await proxy.close();
    await kubectl(['delete', 'crd', `things.${group}`, '--ignore-not-found', '--wait=false']);
    await app.close();
  });

  const service = (files: Record<string, string>) => app.service('orders', { image: '', files });
  const failure = async (work: Promise<unknown>) => {
    const error = await work.catch((thrown: unknown) => thrown);
    if (!(error instanceof ExpectedError)) throw error;
    return error.explanation;
  };
  /** What was really written; lock, record and probes left out. */
  const writes = () =>
    proxy.seen
      .filter((line) =>
        /^(PATCH|POST|PUT|DELETE) (?!.*dryRun=All)(?!.*\/leases)(?!.*\/configmaps(\/cloudnative\.|\?))/.test(
          line,
        ),
      )
      .map((line) => line.replace(/^\w+ .*\/([^/]+\/[^/?]+)\?.*$/, '$1'));

  test('custom resources are judged together when their definition is there, before any of them is written', async () => {
    const { definition, thing } = things(group);
    const all = Array.from({ length: 20 }, (_, index) =>
      thing(`t${index}`, index === 7 ? { size: 'large' } : index === 11 ? { siez: 3 } : { size: index }),
    );
    const files = { 'crd.yaml': definition(), 'things.yaml': all.join('---\n') };
    const explanation = await failure(deploy(watched, [await service(files)]));
    expect(explanation).toMatchObject({ code: 'E_MANIFEST', exit: 'validation' });
    expect(explanation.why).toEqual([
      expect.stringMatching(/things\.yaml:50 Thing\/t7: \.spec\.size: expected numeric .*, got string/),
      expect.stringMatching(/things\.yaml:78 Thing\/t11: \.spec\.siez: field not declared in schema/),
    ]);
    expect(writes()).toEqual([`customresourcedefinitions/things.${group}`]);
    const judged = proxy.seen.filter((line) => /^PATCH .*\/things\/.*dryRun=All/.test(line));
    expect(new Set(judged.map((line) => line.replace(/\?.*/, ''))).size).toBe(20);

    const corrected = {
      ...files,
      'things.yaml': all.join('---\n').replace('large', '7').replace('siez', 'size'),
    };
    await deploy(watched, [await service(corrected)]);
    expect(changed(await watched.plan([await service(corrected)]))).toEqual({});
  });

  test('the content of a missing namespace is judged before any of it is written', async () => {
    const map = (name: string, data = '{a: b}') =>
      `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: ${name}}\ndata: ${data}\n`;
    await watched.close();
    await proxy.close();
    await app.close();
    await own(false);
    const files = { 'a.yaml': map('a'), 'b.yaml': map('Upper'), 'c.yaml': map('c', '{a: {b: c}}') };
    const explanation = await failure(deploy(watched, [await service(files)]));
    expect(explanation.why).toEqual([
      expect.stringMatching(/b\.yaml:1 ConfigMap\/Upper: metadata\.name: Invalid value: "Upper"/),
      expect.stringMatching(/c\.yaml:1 ConfigMap\/c: .*data\.a: expected string/),
    ]);
    expect(writes()).toEqual([`namespaces/${app.namespace}`]);
  });

  test('a definition, and objects that need its change, are changed in one run', async () => {
    const { definition, thing, crd } = things(group);
    const first = { 'crd.yaml': definition(), 'a.yaml': thing('a'), 'b.yaml': thing('b') };
    await deploy(watched, [await service(first)]);
    const uid = (await objectOf(app.namespace, `things.${group}/a`)).metadata.uid;

    const changedFields = definition({ colour: { type: 'string' } });
    const second = await service({
      'crd.yaml': changedFields,
      'a.yaml': thing('a', { size: 2, colour: 'red' }),
      'b.yaml': thing('b'),
      'c.yaml': thing('c', { colour: 'blue' }),
    });
    const plan = await deploy(watched, [second]);
    expect(changed(plan)).toEqual({ [crd]: 'update', 'Thing/a': 'update', 'Thing/c': 'create' });
    expect(change(plan, 'Thing/a')).toMatchObject({
      fields: [
        { path: 'spec.colour', after: 'red' },
        { path: 'spec.size', before: '1', after: '2' },
      ],
      note: `judged when ${crd} has changed`,
    });
    const live = await objectOf(app.namespace, `things.${group}/a`);
    expect(live).toMatchObject({ spec: { size: 2, colour: 'red' }, metadata: { uid } });
    expect(changed(await watched.plan([second]))).toEqual({});
  });

  test('an object moves to a version that its definition brings in the same run', async () => {
    const { definition, thing, crd } = things(group);
    await deploy(watched, [await service({ 'crd.yaml': definition(), 'a.yaml': thing('a') })]);
    const spec = { type: 'object', 'x-kubernetes-preserve-unknown-fields': true };
    const schema = { openAPIV3Schema: { type: 'object', properties: { spec } } };
    const second = { name: 'v2', served: true, storage: false, schema };
    const moved = await service({
      'crd.yaml': definition({}, [second]),
      'a.yaml': thing('a', { size: 5 }, 'v2'),
    });
    const plan = await deploy(watched, [moved]);
    expect(changed(plan)).toEqual({ [crd]: 'update', 'Thing/a': 'update' });
    expect(change(plan, 'Thing/a').fields).toContainEqual({ path: 'spec.size', before: '1', after: '5' });
    expect(changed(await watched.plan([moved]))).toEqual({});
  });

  test('what an object depends on must be somewhere; what is there already is enough', async () => {
    const map = (name: string, needs: string) =>
      `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: ${name}, annotations: {cloudnative.dev/depends-on: "${needs}"}}\n`;
    const files = {
      'a.yaml': map('a', 'Secret/pasword, ConfigMap/b'),
      'b.yaml': map('b', ''),
      'c.yaml': map('c', 'nonsense'),
      'd.yaml': map('d', 'ConfigMap/kube-root-ca.crt'),
      'e.yaml': 'apiVersion: v1\nkind: Secret\nmetadata: {name: password}\n',
    };
    const explanation = await failure(watched.plan([await service(files)]));
    expect(explanation.why).toEqual([
      expect.stringMatching(
        /a\.yaml:1 ConfigMap\/a depends on Secret\/pasword, which neither the manifests nor the cluster have; did you mean Secret\/password\?$/,
      ),
      expect.stringMatching(
        /c\.yaml:1 ConfigMap\/c depends on "nonsense"; expected Kind\/name, several by commas$/,
      ),
    ]);
    const { 'c.yaml': _, ...sound } = { ...files, 'a.yaml': map('a', 'Secret/password,ConfigMap/b') };
    const plan = await deploy(watched, [await service(sound)]);
    const record = `ConfigMap/${recordName}`;
    expect(change(plan, 'ConfigMap/a').after).toEqual([record, 'ConfigMap/b', 'Secret/password']);
    expect(change(plan, 'ConfigMap/d').after).toEqual([record]);
    expect(writes().indexOf('configmaps/a')).toBe(3);
  });
});

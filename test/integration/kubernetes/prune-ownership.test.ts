import { randomBytes } from 'node:crypto';
import { afterEach, expect, test } from 'vitest';
import { lab, labSuite } from '../../support/lab.ts';
import { type App, change, changed, deploy, destroy, openApp, openTarget } from './support/app.ts';
import { explained } from './support/explained.ts';
import { kubectl, makeAgain } from './support/kubectl.ts';
import { configMaps, presentMaps, recorded, recordName, recordObject } from './support/record.ts';

const image =
  'nowhere.invalid/orders@sha256:0000000000000000000000000000000000000000000000000000000000000000';
const partOf = 'applyset.kubernetes.io/part-of';

labSuite('kubernetes target', ['kubeconfig', 'kubectl'], () => {
  let app: App;
  afterEach(() => app.close());

  const orders = (files: Record<string, string>) => app.service('orders', { image, files });
  const maps = (...names: Parameters<typeof configMaps>) => orders(configMaps(...names));
  const names = async () => [...(await presentMaps(app.namespace)).keys()];

  test('leaves what says keep, on deploy and on destroy, and what others have charge of', async () => {
    app = await openApp();
    const keep = ['kept', 'annotations: {cloudnative.dev/prune: keep}'] as [string, string];
    const chart = ['chart', 'annotations: {helm.sh/resource-policy: keep}'] as [string, string];
    await deploy(app.target, [await maps('a', keep, chart, 'held')]);
    await kubectl(['create', 'configmap', 'owner', '-n', app.namespace]);
    const uid = await kubectl([
      'get',
      'configmap',
      'owner',
      '-n',
      app.namespace,
      '-o',
      'jsonpath={.metadata.uid}',
    ]);
    const owners = [{ apiVersion: 'v1', kind: 'ConfigMap', name: 'owner', uid }];
    const patch = JSON.stringify({ metadata: { ownerReferences: owners } });
    await kubectl(['patch', 'configmap', 'held', '-n', app.namespace, '--type=merge', '-p', patch]);
    for (const plan of [await deploy(app.target, [await maps('a')]), await destroy(app.target)]) {
      expect(change(plan, 'ConfigMap/kept')).toMatchObject({
        action: 'none',
        unwanted: true,
        note: 'kept: cloudnative.dev/prune says so',
      });
      expect(change(plan, 'ConfigMap/chart').note).toBe('kept: helm.sh/resource-policy says so');
      expect(change(plan, 'ConfigMap/held').note).toBe('kept: it belongs to ConfigMap/owner');
    }
    expect(await recorded(app.namespace)).toEqual(['ConfigMap/chart', 'ConfigMap/held', 'ConfigMap/kept']);
    await kubectl(['annotate', 'configmap', 'kept', '-n', app.namespace, 'cloudnative.dev/prune-']);
    expect(changed(await destroy(app.target))).toEqual({ 'ConfigMap/kept': 'remove' });
  });

  test('leaves what another app has taken, what lost its labels, and what came in its place; names each once', async () => {
    app = await openApp();
    await deploy(app.target, [await maps('a', 'taken', 'set', 'bare', 'again')]);
    const label = (name: string, ...labels: string[]) =>
      kubectl(['label', 'configmap', name, '-n', app.namespace, '--overwrite', ...labels]);
    await label('taken', 'cloudnative.dev/app=bank');
    await label('set', `${partOf}=applyset-of-another-v1`);
    await label('bare', `${partOf}-`);
    const again = await kubectl(['get', 'configmap', 'again', '-n', app.namespace, '-o', 'json']);
    await kubectl(['delete', 'configmap', 'again', '-n', app.namespace]);
    await makeAgain(again);
    const before = await names();
    const plan = await deploy(app.target, [await maps('a')]);
    expect(changed(plan)).toEqual({});
    const notes = plan.changes.flatMap(({ id, note, unwanted }) => (unwanted ? [[id, note]] : []));
    expect(notes).toEqual([
      ['ConfigMap/again', 'left: it is not the object that was deployed'],
      ['ConfigMap/bare', 'left: it no longer bears the labels of this app'],
      ['ConfigMap/set', 'left: its labels say that it belongs to another set'],
      ['ConfigMap/taken', 'left: its labels say that it belongs to bank in staging'],
    ]);
    expect(await names()).toEqual(before);
    expect(await recorded(app.namespace)).toEqual(['ConfigMap/a']);
    expect((await app.target.plan([await maps('a')])).changes).toHaveLength(1);
  });

  test('never removes one object that two API groups show, when one of them is still wanted', async () => {
    app = await openApp();
    const pod = `{kind: Pod, name: p, namespace: ${app.namespace}}`;
    const event = (group: string, fields: string) => ({
      'event.yaml': `apiVersion: ${group}v1
kind: Event
metadata: {name: e}
reason: Test
type: Normal
action: Testing
eventTime: 2026-01-01T00:00:00.000000Z
reportingInstance: one
${fields}
`,
    });
    const old = () => orders(event('', `involvedObject: ${pod}\nreportingComponent: test/one`));
    const moved = () => orders(event('events.k8s.io/', `regarding: ${pod}\nreportingController: test/one`));
    await deploy(app.target, [await old()]);
    const uid = () => kubectl(['get', 'events', 'e', '-n', app.namespace, '-o', 'jsonpath={.metadata.uid}']);
    const before = await uid();
    expect(changed(await app.target.plan([await maps('a')]))).toMatchObject({ 'Event/e': 'remove' });
    const plan = await deploy(app.target, [await moved()]);
    expect(Object.values(changed(plan))).not.toContain('remove');
    expect(plan.changes.find(({ unwanted }) => unwanted)?.note).toBe(
      'left: the manifests have it under another kind',
    );
    expect(await uid()).toBe(before);
    expect(changed(await app.target.plan([await moved()]))).toEqual({});
  });

  test('keeps what holds data or others until its kind is named', async () => {
    app = await openApp();
    const extra = `${app.namespace}-extra`;
    const group = `test-${randomBytes(3).toString('hex')}.example.com`;
    const files = {
      ...configMaps('a'),
      'claim.yaml': `apiVersion: v1\nkind: PersistentVolumeClaim\nmetadata: {name: data}\nspec: {accessModes: [ReadWriteOnce], storageClassName: "", volumeName: ${app.namespace}, resources: {requests: {storage: 1Mi}}}\n`,
      'volume.yaml': `apiVersion: v1\nkind: PersistentVolume\nmetadata: {name: ${app.namespace}}\nspec: {capacity: {storage: 1Mi}, accessModes: [ReadWriteOnce], storageClassName: "", persistentVolumeReclaimPolicy: Retain, hostPath: {path: /tmp/none}}\n`,
      'namespace.yaml': `apiVersion: v1\nkind: Namespace\nmetadata: {name: ${extra}}\n`,
      'definition.yaml': `apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: widgets.${group}}
spec:
  group: ${group}
  scope: Namespaced
  names: {kind: Widget, plural: widgets}
  versions: [{name: v1, served: true, storage: true, schema: {openAPIV3Schema: {type: object}}}]
`,
    };
    const guarded = [
      `CustomResourceDefinition/widgets.${group}`,
      `Namespace/${extra}`,
      'PersistentVolumeClaim/data',
      `PersistentVolume/${app.namespace}`,
    ].sort();
    const all = ['CustomResourceDefinition', 'Namespace', 'PersistentVolume', 'PersistentVolumeClaim'];
    const named = openTarget(app.namespace, { pruneKinds: all });
    try {
      await deploy(app.target, [await orders(files)]);
      for (const plan of [await app.target.plan([await maps('a')]), await app.target.planRemoval()]) {
        const kept = plan.changes.filter(({ unwanted }) => unwanted);
        expect(kept.map(({ id }) => id).sort()).toEqual(guarded);
        for (const { note, id } of kept)
          expect(note).toMatch(new RegExp(`^kept: .*--prune-kind ${id.split('/')[0]}$`));
      }
      await deploy(app.target, [await maps('a')]);
      expect(await recorded(app.namespace)).toEqual(['ConfigMap/a', ...guarded].sort());
      // Somebody lives there by now.
      await kubectl(['create', 'configmap', 'tenant', '-n', extra]);
      const plan = await named.plan([await maps('a')]);
      expect(change(plan, `Namespace/${extra}`)).toMatchObject({
        action: 'none',
        note: 'kept: it holds ConfigMap/tenant',
      });
      await kubectl(['delete', 'configmap', 'tenant', '-n', extra]);
      expect(changed(await deploy(named, [await maps('a')]))).toEqual(
        Object.fromEntries(guarded.map((id) => [id, 'remove'])),
      );
      expect(await recorded(app.namespace)).toEqual(['ConfigMap/a']);
    } finally {
      await named.close();
      await kubectl(['delete', 'namespace', extra, '--ignore-not-found', '--wait=false']);
      await kubectl(['delete', 'pv', app.namespace, '--ignore-not-found', '--wait=false']);
      await kubectl(['delete', 'crd', `widgets.${group}`, '--ignore-not-found', '--wait=false']);
    }
  });

  test('never removes the namespace of what stays, and removes its own by a flag alone', async () => {
    app = await openApp({ create: false });
    const home = {
      'namespace.yaml': `apiVersion: v1\nkind: Namespace\nmetadata: {name: ${app.namespace}}\n`,
    };
    const options = { pruneKinds: ['Namespace'] };
    const named = openTarget(app.namespace, options);
    const whole = openTarget(app.namespace, { ...options, deleteNamespace: true });
    try {
      await deploy(named, [await orders({ ...home, ...configMaps('a') })]);
      const plan = await deploy(named, [await maps('a')]);
      expect(change(plan, `Namespace/${app.namespace}`).note).toBe('kept: there are objects in it that stay');
      await kubectl(['create', 'configmap', 'tenant', '-n', app.namespace]);
      expect(await explained(whole.planRemoval())).toMatchObject({
        code: 'E_KEPT',
        why: ['it holds ConfigMap/tenant, which this app did not deploy'],
      });
      await kubectl(['delete', 'configmap', 'tenant', '-n', app.namespace]);
      expect(changed(await destroy(whole))).toEqual({
        'ConfigMap/a': 'remove',
        [`Namespace/${app.namespace}`]: 'remove',
      });
      expect(await kubectl(['get', 'namespace', app.namespace, '--ignore-not-found'])).toBe('');
      expect((await whole.planRemoval()).changes).toEqual([]);
    } finally {
      await named.close();
      await whole.close();
    }
  });

  test('refuses a record that was copied, changed or made by another tool', async () => {
    app = await openApp();
    await deploy(app.target, [await maps('a', 'b')]);
    const sound = await recordObject(app.namespace);
    const spoilt = async (patch: object) => {
      await kubectl([
        'patch',
        'configmap',
        recordName,
        '-n',
        app.namespace,
        '--type=merge',
        '-p',
        JSON.stringify(patch),
      ]);
      const refusal = await explained(app.target.plan([await maps('a')]));
      expect(await explained(app.target.planRemoval())).toEqual(refusal);
      const { labels, annotations } = sound.metadata;
      const repaired = JSON.stringify({ metadata: { labels, annotations }, data: sound.data });
      await kubectl(['patch', 'configmap', recordName, '-n', app.namespace, '--type=merge', '-p', repaired]);
      expect(refusal.hints![0]).toBe(
        `kubectl --context ${lab.context} --kubeconfig ${lab.kubeconfig} -n ${app.namespace} delete configmap ${recordName}`,
      );
      return [refusal.code, refusal.why];
    };
    const { members } = sound.data as { members: string };
    const annotations = (changes: Record<string, string>) => ({ metadata: { annotations: changes } });
    expect(await spoilt(annotations({ 'applyset.kubernetes.io/tooling': 'kpt/v1.0.0' }))).toEqual([
      'E_RECORD',
      'kpt/v1.0.0 wrote it, and this is cloudnative/v1',
    ]);
    expect(
      await spoilt({ metadata: { labels: { 'applyset.kubernetes.io/id': 'applyset-copied-v1' } } }),
    ).toEqual(['E_RECORD', expect.stringContaining('it was copied or changed')]);
    const secret = '{"kind":"Secret","group":"","namespace":"kube-system","name":"x"}';
    for (const text of [`${members}\n{"kind":"Secret"}`, `${members}\nsecret/x`, `${members}\n${secret}`])
      expect(await spoilt({ data: { members: text } })).toEqual([
        'E_RECORD',
        expect.stringContaining('was changed'),
      ]);
    // As the hint says: without it, the next run finds what is there by labels.
    await kubectl(['delete', 'configmap', recordName, '-n', app.namespace]);
    expect(changed(await deploy(app.target, [await maps('a')]))).toEqual({ 'ConfigMap/b': 'remove' });
    // Copied to another namespace it names nothing there.
    const other = await openApp();
    try {
      const copy = {
        ...sound,
        metadata: {
          name: recordName,
          labels: sound.metadata.labels,
          annotations: sound.metadata.annotations,
        },
      };
      await kubectl(['create', '-n', other.namespace, '-f', '-'], { input: JSON.stringify(copy) });
      expect((await explained(other.target.planRemoval())).code).toBe('E_RECORD');
    } finally {
      await other.close();
    }
  });

  test('refuses manifests that already belong to a set', async () => {
    app = await openApp();
    const service = await maps(['a', `labels: {${partOf}: applyset-x-v1}`]);
    expect((await explained(app.target.plan([service]))).why).toEqual([
      expect.stringContaining(`has the label ${partOf}, which cloudnative sets`),
    ]);
    expect((await explained(app.target.plan([await maps(recordName)]))).why).toEqual([
      expect.stringContaining('has the name of the record'),
    ]);
  });
});

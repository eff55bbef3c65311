import { afterEach, expect, test } from 'vitest';
import { headName } from '../../../src/targets/kubernetes/releases/piece-names.ts';
import { secretType } from '../../../src/targets/kubernetes/releases/release-pieces.ts';
import { labSuite } from '../../support/lab.ts';
import { type App, change, changed, deploy, destroy, openApp, openTarget } from './support/app.ts';
import { faultProxy } from './support/fault-proxy.ts';
import { plainCluster, writeKubeconfig } from './support/kubeconfig.ts';
import { kubectl } from './support/kubectl.ts';
import {
  configMaps,
  labelled,
  presentMaps,
  recorded,
  recordMembers,
  recordName,
  recordObject,
} from './support/record.ts';

// No pods: what is pruned is told by records and labels alone.
const image =
  'nowhere.invalid/orders@sha256:0000000000000000000000000000000000000000000000000000000000000000';

labSuite('kubernetes target', ['kubeconfig', 'kubectl'], () => {
  let app: App;
  afterEach(() => app.close());

  const orders = (...names: Parameters<typeof configMaps>) =>
    app.service('orders', { image, files: configMaps(...names) });
  const catalog = (...names: Parameters<typeof configMaps>) =>
    app.service('catalog', { image, files: configMaps(...names) });
  const names = async () => [...(await presentMaps(app.namespace)).keys()];
  const proxied = async () => {
    const proxy = await faultProxy(() => undefined);
    const kubeconfig = await writeKubeconfig(app.folder, { cluster: plainCluster(proxy.url) });
    const target = openTarget(app.namespace, { kubeconfig });
    const close = async () => {
      await target.close();
      await proxy.close();
    };
    return { ...proxy, target, close };
  };

  test('removes what left the manifests, and then there is nothing to do', async () => {
    app = await openApp();
    await deploy(app.target, [await orders('a', 'b', 'c')]);
    const plan = await deploy(app.target, [await orders('a', 'd')]);
    expect(changed(plan)).toEqual({
      'ConfigMap/b': 'remove',
      'ConfigMap/c': 'remove',
      'ConfigMap/d': 'create',
    });
    expect(change(plan, 'ConfigMap/b').note).toBe('no longer in the manifests');
    const record = `ConfigMap/${recordName}`;
    expect(await names()).toEqual(['ConfigMap/a', record, 'ConfigMap/d'].sort());
    expect(await recorded(app.namespace)).toEqual(['ConfigMap/a', 'ConfigMap/d']);
    const members = (await recordMembers(app.namespace))!;
    expect(members.map(({ kind, name, uid }) => `${kind}/${name} ${uid}`)).toEqual(
      await labelled(app.namespace),
    );
    expect((await app.target.plan([await orders('a', 'd')])).changes.map(({ action }) => action)).toEqual([
      'none',
      'none',
    ]);
  });

  test('writes nothing when nothing changes, and lists only where something went', async () => {
    app = await openApp();
    const role = `apiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRole\nmetadata: {name: ${app.namespace}}\nrules: []\n`;
    const files = {
      ...configMaps('a', 'b'),
      'secret.yaml': 'apiVersion: v1\nkind: Secret\nmetadata: {name: s}\n',
    };
    const whole = await app.service('orders', { image, files: { ...files, 'role.yaml': role } });
    await deploy(app.target, [whole]);
    const proxy = await proxied();
    try {
      await deploy(proxy.target, [whole]);
      const writes = (line: string) => /^(PATCH|POST|PUT|DELETE) (?!.*dryRun=All)/.test(line);
      expect(proxy.seen.filter(writes)).toEqual([]);
      proxy.seen.length = 0;
      await deploy(proxy.target, [await app.service('orders', { image, files: configMaps('a') })]);
      const lists = (line: string) => line.startsWith('GET') && line.includes('part-of');
      // Looked at before and again under the lock: each kind in its one namespace, and none that is not recorded.
      const looked = proxy.seen.filter(lists).map((line) => /\/([a-z]+)\?/.exec(line)![1]);
      expect([...new Set(looked)].sort()).toEqual(['clusterroles', 'configmaps', 'secrets']);
      expect(looked).toHaveLength(6);
      expect(await kubectl(['get', 'clusterrole', app.namespace, '--ignore-not-found'])).toBe('');
    } finally {
      await proxy.close();
    }
  });

  test('of one service never touches the others', async () => {
    app = await openApp();
    await deploy(app.target, [await orders('a', 'b'), await catalog('x', 'z')]);
    const plan = await deploy(app.target, [await orders('a')]);
    expect(changed(plan)).toEqual({ 'ConfigMap/b': 'remove' });
    expect(await recorded(app.namespace)).toEqual(['ConfigMap/a', 'ConfigMap/x', 'ConfigMap/z']);
    expect(changed(await destroy(app.target, ['orders']))).toEqual({ 'ConfigMap/a': 'remove' });
    expect(await recorded(app.namespace)).toEqual(['ConfigMap/x', 'ConfigMap/z']);
    expect(changed(await destroy(app.target))).toEqual({ 'ConfigMap/x': 'remove', 'ConfigMap/z': 'remove' });
    expect(await names()).toEqual([]);
  });

  test('happens after everything applied is ready, and not at all when something is refused', async () => {
    app = await openApp();
    await deploy(app.target, [await orders('a', 'b')]);
    // A pod that can never be: its image is nowhere.
    const pod =
      'apiVersion: v1\nkind: Pod\nmetadata: {name: p}\nspec: {containers: [{name: p, image: orders}]}\n';
    const broken = await app.service('orders', {
      image,
      files: { ...configMaps('a', 'c'), 'pod.yaml': pod },
    });
    await expect(deploy(app.target, [broken], { timeout: 3000 })).rejects.toThrow();
    expect(await names()).toContain('ConfigMap/b');
    expect(await recorded(app.namespace)).toEqual(['ConfigMap/a', 'ConfigMap/b', 'ConfigMap/c', 'Pod/p']);
    for (const wrong of [
      'kind: ConfigMap',
      'apiVersion: v1\nkind: Service\nmetadata: {name: s}\nspec: {ports: [{port: 99999}]}',
    ]) {
      const service = await app.service('orders', { image, files: { 'wrong.yaml': wrong } });
      await expect(deploy(app.target, [service])).rejects.toThrow();
    }
    const empty = await app.service('orders', { image, files: { 'empty.yaml': '# nothing\n' } });
    await expect(deploy(app.target, [empty])).rejects.toThrow('there are no Kubernetes manifests');
    expect(await names()).toContain('ConfigMap/b');
    await deploy(app.target, [await orders('a')]);
    expect(await recorded(app.namespace)).toEqual(['ConfigMap/a']);
    expect(await kubectl(['get', 'pods', '-n', app.namespace, '-o', 'name'])).toBe('');
  });

  test('of content that moved says where it is, and is no loss', async () => {
    app = await openApp();
    const versioned = (value: string) => ({
      'map.yaml': `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a, labels: {cloudnative.dev/versioned: "true"}}\ndata: {of: ${value}}\n`,
    });
    await deploy(app.target, [await app.service('orders', { image, files: versioned('one') })]);
    const plan = await deploy(app.target, [await app.service('orders', { image, files: versioned('two') })]);
    const removed = plan.changes.find(({ action }) => action === 'remove')!;
    const created = plan.changes.find(({ action }) => action === 'create')!;
    expect(removed.successor).toBe(created.id);
    expect(removed.note).toBe(`${created.id} takes its place`);
  });

  test('removes objects that an older release deployed without a record', async () => {
    app = await openApp();
    await deploy(app.target, [await orders('a', 'b')]);
    await kubectl(['delete', 'configmap', recordName, '-n', app.namespace]);
    await kubectl(['label', 'configmap', 'a', 'b', '-n', app.namespace, 'applyset.kubernetes.io/part-of-']);
    await kubectl(['create', 'configmap', 'copied', '-n', app.namespace]);
    const copied = [
      'cloudnative.dev/app=shop',
      'cloudnative.dev/environment=staging',
      'cloudnative.dev/service=orders',
    ];
    await kubectl(['label', 'configmap', 'copied', '-n', app.namespace, ...copied]);
    const plan = await deploy(app.target, [await orders('a')]);
    expect(changed(plan)).toEqual({ 'ConfigMap/a': 'update', 'ConfigMap/b': 'remove' });
    expect(await names()).toEqual(['ConfigMap/a', `ConfigMap/${recordName}`, 'ConfigMap/copied'].sort());
    expect(await recorded(app.namespace)).toEqual(['ConfigMap/a']);
  });

  test('notes all services that were deployed without a record when one of them is deployed', async () => {
    app = await openApp();
    await deploy(app.target, [await orders('a', 'b'), await catalog('x', 'z')]);
    await kubectl(['delete', 'configmap', recordName, '-n', app.namespace]);
    const own = ['a', 'b', 'x', 'z'];
    await kubectl(['label', 'configmap', ...own, '-n', app.namespace, 'applyset.kubernetes.io/part-of-']);
    // As a release leaves them: without a record, and a sign of it, nobody looks for what is there.
    const release = headName(1, { scope: { app: 'shop', environment: 'staging' } });
    const typed = ['create', 'secret', 'generic', release, `--type=${secretType}`, '-n', app.namespace];
    await kubectl(typed);
    const history = ['app=shop', 'environment=staging', 'release=1', 'part=head'].map(
      (label) => `cloudnative.dev/${label}`,
    );
    await kubectl(['label', 'secret', release, ...history, '-n', app.namespace]);
    const fresh = await app.service('fresh', { image, files: configMaps('new') });
    expect(changed(await deploy(app.target, [fresh]))).toEqual({ 'ConfigMap/new': 'create' });
    await kubectl(['delete', 'secret', release, '-n', app.namespace]);
    expect(await recorded(app.namespace)).toEqual([...own, 'new'].map((name) => `ConfigMap/${name}`).sort());
    expect(changed(await deploy(app.target, [await catalog('x')]))).toEqual({
      'ConfigMap/x': 'update',
      'ConfigMap/z': 'remove',
    });
    await destroy(app.target);
    expect(await names()).toEqual([]);
  });

  test('goes on as if nothing was when an object was removed by hand, or the record forgets it', async () => {
    app = await openApp();
    await deploy(app.target, [await orders('a', 'b')]);
    await kubectl(['delete', 'configmap', 'b', '-n', app.namespace]);
    const plan = await deploy(app.target, [await orders('a')]);
    expect(changed(plan)).toEqual({});
    expect(await recorded(app.namespace)).toEqual(['ConfigMap/a']);
    await kubectl(['delete', 'configmap', 'a', '-n', app.namespace]);
    expect(changed(await destroy(app.target))).toEqual({});
    expect(await recordObject(app.namespace).catch(() => 'gone')).toBe('gone');
  });

  test('never widens what goes when the namespace is another', async () => {
    app = await openApp();
    await deploy(app.target, [await orders('a', 'b')]);
    const other = await openApp();
    try {
      await kubectl(['create', 'configmap', 'b', '-n', other.namespace]);
      const plan = await deploy(other.target, [await orders('a')]);
      expect(changed(plan)).toEqual({ 'ConfigMap/a': 'create' });
      expect(await names()).toContain('ConfigMap/b');
      expect(changed(await destroy(other.target))).toEqual({ 'ConfigMap/a': 'remove' });
      expect(await recorded(app.namespace)).toEqual(['ConfigMap/a', 'ConfigMap/b']);
    } finally {
      await other.close();
    }
  });
});

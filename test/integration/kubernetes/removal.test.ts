import { afterEach, beforeAll, expect, test } from 'vitest';
import type { ExpectedError } from '../../../src/core/errors.ts';
import { labSuite } from '../../support/lab.ts';
import { type App, change, changed, deploy, destroy, openApp, openTarget } from './support/app.ts';
import { everything, kubectl, settled } from './support/kubectl.ts';
import { serviceManifests } from './support/manifests.ts';
import { pushProbeImage } from './support/probe-image.ts';

labSuite('kubernetes target', ['kubeconfig', 'kubectl', 'pods', 'registry'], () => {
  let image: string;
  beforeAll(async () => {
    image = await pushProbeImage('kubernetes-target/orders');
  });
  let app: App;
  afterEach(() => app.close());

  const uids = async () => [...(await settled(app.namespace)).keys()].sort();

  test('leaves exactly what was there before, pods and all', async () => {
    app = await openApp();
    // Everything of others: unlabelled, labelled by hand as ours, of another app, of another environment.
    const labels = {
      'cloudnative.dev/app': 'shop',
      'cloudnative.dev/environment': 'staging',
      'cloudnative.dev/service': 'orders',
    };
    const foreign = [
      { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'plain' } },
      { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'copied-labels', labels } },
      { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'copied-labels', labels } },
    ];
    await kubectl(['create', '-n', app.namespace, '-f', '-'], {
      input: JSON.stringify({ apiVersion: 'v1', kind: 'List', items: foreign }),
    });
    const neighbours = [
      openTarget(app.namespace, { scope: { app: 'bank', environment: 'staging' } }),
      openTarget(app.namespace, { scope: { app: 'shop', environment: 'live' } }),
    ];
    const config = 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: NAME}\n';
    for (const [index, target] of neighbours.entries()) {
      const files = { 'a.yaml': config.replace('NAME', `neighbour-${index}`) };
      await deploy(target, [await app.service('neighbour', { image, files })]);
      await target.close();
    }
    const before = await uids();

    const role = `apiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRole\nmetadata: {name: ${app.namespace}}\nrules: []\n`;
    const orders = await app.service('orders', { image, replicas: 2, autoscaler: { min: 1, max: 2 } });
    const catalog = await app.service('catalog', { image, greeting: 'one' });
    const extra = await app.service('extra', { image, files: { 'role.yaml': role } });
    await deploy(app.target, [orders, catalog, extra]);
    await deploy(app.target, [await app.service('catalog', { image, greeting: 'two' })]);

    const plan = await destroy(app.target);
    expect(Object.values(changed(plan)).every((action) => action === 'remove')).toBe(true);
    expect(Object.keys(changed(plan))).toEqual(
      expect.arrayContaining([
        'Deployment/orders',
        'HorizontalPodAutoscaler/orders',
        `ClusterRole/${app.namespace}`,
      ]),
    );
    expect(Object.keys(changed(plan)).filter((id) => id.startsWith('ConfigMap/catalog-'))).toHaveLength(1);
    expect(await kubectl(['get', 'pods', '-n', app.namespace, '-o', 'name'])).toBe('');
    expect(await uids()).toEqual(before);
    expect(await kubectl(['get', 'clusterrole', app.namespace, '--ignore-not-found'])).toBe('');
    expect(await kubectl(['get', 'namespace', app.namespace, '-o', 'name'])).toBe(
      `namespace/${app.namespace}\n`,
    );
    expect((await app.target.planRemoval()).changes).toEqual([]);
  }, 90_000);

  test('removes what says that it depends on something before that', async () => {
    app = await openApp();
    const config = (name: string, first: string) =>
      `apiVersion: v1
kind: ConfigMap
metadata: {name: ${name}, annotations: {cloudnative.dev/depends-on: ${first}}}
`;
    const files = {
      'a.yaml': config('a', 'ConfigMap/b'),
      'b.yaml': config('b', 'Secret/c'),
      'c.yaml': 'apiVersion: v1\nkind: Secret\nmetadata: {name: c}\n',
    };
    await deploy(app.target, [await app.service('orders', { image, files })]);
    const plan = await destroy(app.target);
    expect(change(plan, 'ConfigMap/a').after).toEqual([]);
    expect(change(plan, 'ConfigMap/b').after).toEqual(['ConfigMap/a']);
    expect(change(plan, 'Secret/c').after).toContain('ConfigMap/b');
    expect(await kubectl(['get', 'configmap/b', 'secret/c', '-n', app.namespace, '--ignore-not-found'])).toBe(
      '',
    );
  });

  test('leaves what the same app has in another namespace, also where there are no namespaces', async () => {
    app = await openApp();
    const other = await openApp();
    try {
      const role = (name: string) => ({
        'role.yaml': `apiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRole\nmetadata: {name: ${name}}\nrules: []\n`,
      });
      await deploy(app.target, [await app.service('orders', { image, files: role(app.namespace) })]);
      await deploy(other.target, [await other.service('orders', { image, files: role(other.namespace) })]);
      const taken = await other.target
        .plan([await other.service('orders', { image, files: role(app.namespace) })])
        .catch((thrown: unknown) => (thrown as ExpectedError).explanation);
      expect(taken).toMatchObject({
        code: 'E_CONFLICT',
        message: `ClusterRole/${app.namespace} belongs to shop in staging, namespace ${app.namespace}`,
      });
      expect(changed(await destroy(other.target))).toEqual({ [`ClusterRole/${other.namespace}`]: 'remove' });
      expect(await kubectl(['get', 'clusterrole', app.namespace, '-o', 'name'])).toContain(app.namespace);
      expect(changed(await destroy(app.target))).toEqual({ [`ClusterRole/${app.namespace}`]: 'remove' });
    } finally {
      await other.close();
    }
  });

  test('of one service leaves the others', async () => {
    app = await openApp();
    await deploy(app.target, [
      await app.service('orders', { image }),
      await app.service('catalog', { image }),
    ]);
    const plan = await destroy(app.target, ['orders']);
    expect(Object.values(changed(plan)).every((action) => action === 'remove')).toBe(true);
    expect(plan.changes.every(({ service, bookkeeping }) => service === 'orders' || bookkeeping)).toBe(true);
    expect((await app.target.status()).map(({ service, ready }) => [service, ready])).toEqual([
      ['catalog', 1],
    ]);
  });

  test('of a workload under its old name waits until the one under the new name is ready', async () => {
    app = await openApp();
    await deploy(app.target, [await app.service('orders', { image, replicas: 2 })]);
    const renamed = (name: string, reference: string) => {
      const files = Object.entries(serviceManifests(name, { replicas: 2 })).map(([file, text]) => [
        file,
        text.replace(`image: ${name}`, 'image: orders'),
      ]);
      return app.service('orders', { image: reference, files: Object.fromEntries(files) });
    };
    const serving = () =>
      kubectl([
        'get',
        'endpointslice',
        '-n',
        app.namespace,
        '-l',
        'kubernetes.io/service-name=orders',
        '-o',
        'jsonpath={.items[*].endpoints[*].conditions.ready}',
      ]);
    const nowhere = `nowhere.invalid/orders@sha256:${'0'.repeat(64)}`;
    await expect(deploy(app.target, [await renamed('broken', nowhere)])).rejects.toThrow(/cannot start/);
    expect(await serving()).toBe('true true');
    const plan = await deploy(app.target, [await renamed('renamed', image)]);
    expect(changed(plan)).toMatchObject({
      'Deployment/orders': 'remove',
      'Deployment/broken': 'remove',
      'Deployment/renamed': 'create',
    });
    expect(change(plan, 'Deployment/orders').after).toContain('Deployment/renamed');
    expect((await app.target.status()).map(({ ready }) => ready)).toEqual([2]);
    expect(await kubectl(['get', 'deployment', '-n', app.namespace, '-o', 'name'])).toBe(
      'deployment.apps/renamed\n',
    );
  });

  test('keeps what holds data, and removes nothing that came in its place', async () => {
    app = await openApp();
    const files = {
      'claim.yaml': `apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: data}
spec: {accessModes: [ReadWriteOnce], storageClassName: manual, volumeName: ${app.namespace}, resources: {requests: {storage: 1Mi}}}
`,
      'map.yaml': 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: replaced}\n',
    };
    const volume = `apiVersion: v1
kind: PersistentVolume
metadata: {name: ${app.namespace}}
spec: {capacity: {storage: 1Mi}, accessModes: [ReadWriteOnce], storageClassName: manual, hostPath: {path: /tmp/${app.namespace}}}
`;
    await kubectl(['create', '-f', '-'], { input: volume });
    try {
      await deploy(app.target, [await app.service('orders', { image, files })]);
      const plan = await app.target.planRemoval();
      expect(change(plan, 'PersistentVolumeClaim/data')).toMatchObject({
        action: 'none',
        note: expect.stringMatching(/^kept/),
      });
      await kubectl(['delete', 'configmap/replaced', '-n', app.namespace]);
      await kubectl(['create', 'configmap', 'replaced', '-n', app.namespace]);
      const signal = new AbortController().signal;
      await app.target.apply(change(plan, 'ConfigMap/replaced'), signal);
      expect(await app.target.verdict(change(plan, 'ConfigMap/replaced'), signal)).toMatchObject({
        readiness: 'ready',
      });
      expect([...(await everything(app.namespace)).values()].map(({ name }) => name)).toEqual(
        expect.arrayContaining(['ConfigMap/replaced', 'PersistentVolumeClaim/data']),
      );
      const last = await destroy(app.target);
      expect(changed(last)).toEqual({});
      expect(last.changes.flatMap(({ id, note, unwanted }) => (unwanted ? [[id, note]] : []))).toEqual([
        ['ConfigMap/replaced', 'left: it no longer bears the labels of this app'],
        ['PersistentVolumeClaim/data', expect.stringMatching(/^kept: it holds data/)],
      ]);
    } finally {
      await kubectl(['delete', 'pvc', 'data', '-n', app.namespace, '--wait=false', '--ignore-not-found']);
      await kubectl(['delete', 'pv', app.namespace, '--wait=false']);
    }
  });
});

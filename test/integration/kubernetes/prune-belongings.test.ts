import { randomBytes } from 'node:crypto';
import { afterEach, expect, test } from 'vitest';
import type { Event } from '../../../src/core/events.ts';
import { applyPlan } from '../../../src/engine/apply-plan.ts';
import { labSuite } from '../../support/lab.ts';
import { type App, change, changed, deploy, destroy, openApp, openTarget } from './support/app.ts';
import { explained } from './support/explained.ts';
import { kubectl, makeAgain } from './support/kubectl.ts';
import { configMaps, presentMaps } from './support/record.ts';

const image =
  'nowhere.invalid/orders@sha256:0000000000000000000000000000000000000000000000000000000000000000';

labSuite('kubernetes target', ['kubeconfig', 'kubectl'], () => {
  let app: App;
  afterEach(() => app.close());

  const maps = (...names: Parameters<typeof configMaps>) =>
    app.service('orders', { image, files: configMaps(...names) });
  const wholeOf = ({ namespace }: App) => openTarget(namespace, { deleteNamespace: true });
  const inApp = (...args: string[]) => kubectl([...args, '-n', app.namespace]);
  const metadataOf = async (...object: string[]) =>
    JSON.parse(await kubectl(['get', ...object, '-o', 'json'])).metadata;

  test('keeps a namespace in which an app of the same name lives by a record of its own', async () => {
    app = await openApp();
    const namespace = `test-${randomBytes(4).toString('hex')}`;
    const place = `apiVersion: v1\nkind: Namespace\nmetadata: {name: ${namespace}}\n`;
    const files = { ...configMaps('base'), 'namespace.yaml': place };
    await deploy(app.target, [await app.service('orders', { image, files })]);
    const other = await openApp({ namespace, create: false });
    const named = openTarget(app.namespace, { pruneKinds: ['Namespace'] });
    try {
      await deploy(other.target, [await other.service('orders', { image, files: configMaps('base', 'b') })]);
      const plan = await deploy(named, [await maps('base')]);
      expect(change(plan, `Namespace/${namespace}`)).toMatchObject({
        action: 'none',
        note: 'kept: it holds ConfigMap/b and 2 more',
      });
      expect((await metadataOf('namespace', namespace)).deletionTimestamp).toBeUndefined();
      await destroy(other.target);
      const events: Event[] = [];
      await named.locked(async () => {
        const late = await named.plan([await maps('base')]);
        expect(changed(late)).toEqual({ [`Namespace/${namespace}`]: 'remove' });
        await kubectl(['create', 'configmap', 'late', '-n', namespace]);
        const emit = (event: Event) => void events.push(event);
        const signal = new AbortController().signal;
        await applyPlan(late, { timeout: 30_000, wait: true }, { target: named, emit, signal });
      });
      const reason = 'kept: it holds ConfigMap/late';
      expect(events).toContainEqual({ type: 'kept', resource: `Namespace/${namespace}`, reason });
      await kubectl(['delete', 'configmap', 'late', '-n', namespace]);
      expect(changed(await deploy(named, [await maps('base')]))).toEqual({
        [`Namespace/${namespace}`]: 'remove',
      });
    } finally {
      await named.close();
      await other.close();
    }
  });

  test('counts as its own in its namespace what the record names by uid, and what controllers made for that', async () => {
    app = await openApp();
    const whole = wholeOf(app);
    const web = `apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  replicas: 0
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec: {containers: [{name: web, image: orders}]}
---
apiVersion: v1
kind: Service
metadata: {name: web}
spec: {selector: {app: web}, ports: [{port: 80}]}
`;
    const files = { ...configMaps('a', 'restored'), 'web.yaml': web };
    try {
      await deploy(app.target, [await app.service('orders', { image, files })]);
      await expect.poll(() => inApp('get', 'endpointslices', '-o', 'name')).toContain('web-');
      const backup = await inApp('get', 'configmap', 'restored', '-o', 'json');
      await inApp('delete', 'configmap', 'restored');
      await makeAgain(backup);
      const left = change(await destroy(app.target), 'ConfigMap/restored');
      expect(left.note).toBe('left: it is not the object that was deployed');
      expect(await explained(destroy(whole))).toMatchObject({
        code: 'E_KEPT',
        why: ['it holds ConfigMap/restored, which this app did not deploy'],
      });
      expect([...(await presentMaps(app.namespace)).keys()]).toEqual(['ConfigMap/restored']);
      await inApp('delete', 'configmap', 'restored');

      const again = { ...configMaps('a'), 'web.yaml': web };
      await deploy(app.target, [await app.service('orders', { image, files: again })]);
      await expect.poll(() => inApp('get', 'endpointslices', '-o', 'name')).toContain('web-');
      const { uid } = await metadataOf('namespace', 'kube-system');
      const owner = { apiVersion: 'v1', kind: 'Namespace', name: 'kube-system', uid };
      const metadata = { name: 'made', ownerReferences: [owner] };
      const made = { apiVersion: 'v1', kind: 'ConfigMap', metadata };
      await kubectl(['create', '-n', app.namespace, '-f', '-'], { input: JSON.stringify(made) });
      expect((await explained(destroy(whole))).why).toEqual([
        'it holds ConfigMap/made, which this app did not deploy',
      ]);
      await inApp('delete', 'configmap', 'made');
      expect(Object.keys(changed(await destroy(whole)))).toContain(`Namespace/${app.namespace}`);
      expect(await kubectl(['get', 'namespace', app.namespace, '--ignore-not-found'])).toBe('');
    } finally {
      await whole.close();
    }
  });

  test('looks into its namespace again before it goes, and at what the namespace itself says', async () => {
    app = await openApp();
    const whole = wholeOf(app);
    const finalizers = (list: string) =>
      inApp('patch', 'configmap', 'held', '--type=merge', '-p', `{"metadata":{"finalizers":${list}}}`);
    try {
      await deploy(app.target, [await maps('a', 'held')]);
      await finalizers('["example.com/hold"]');
      const ended = explained(destroy(whole));
      await expect
        .poll(async () => (await metadataOf('configmap', 'held', '-n', app.namespace)).deletionTimestamp)
        .toBeDefined();
      await inApp('create', 'configmap', 'late');
      await finalizers('null');
      expect(await ended).toMatchObject({
        code: 'E_KEPT',
        exit: 'conflict',
        why: ['it holds ConfigMap/late, which this app did not deploy'],
      });
      expect((await metadataOf('namespace', app.namespace)).deletionTimestamp).toBeUndefined();
      expect([...(await presentMaps(app.namespace)).keys()]).toEqual(['ConfigMap/late']);
      await inApp('delete', 'configmap', 'late');
      const mark = 'cloudnative.dev/prune';
      await kubectl(['annotate', 'namespace', app.namespace, `${mark}=keep`]);
      expect((await explained(destroy(whole))).why).toEqual([
        `Namespace/${app.namespace}  kept: ${mark} says so`,
      ]);
      await kubectl(['annotate', 'namespace', app.namespace, `${mark}-`]);
      expect(changed(await destroy(whole))).toEqual({ [`Namespace/${app.namespace}`]: 'remove' });
    } finally {
      await whole.close();
    }
  });
});

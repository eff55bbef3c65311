import { afterEach, expect, test } from 'vitest';
import type { Event } from '../../../src/core/events.ts';
import { applyPlan } from '../../../src/engine/apply-plan.ts';
import { labSuite } from '../../support/lab.ts';
import { type App, changed, deploy, openApp, openTarget } from './support/app.ts';
import { faultProxy } from './support/fault-proxy.ts';
import { plainCluster, writeKubeconfig } from './support/kubeconfig.ts';
import { kubectl } from './support/kubectl.ts';
import { configMaps, presentMaps, recorded } from './support/record.ts';

const image =
  'nowhere.invalid/orders@sha256:0000000000000000000000000000000000000000000000000000000000000000';

labSuite('kubernetes target', ['kubeconfig', 'kubectl'], () => {
  let app: App;
  afterEach(() => app.close());

  const maps = (...names: Parameters<typeof configMaps>) =>
    app.service('orders', { image, files: configMaps(...names) });
  const inApp = (...args: string[]) => kubectl([...args, '-n', app.namespace]);

  test('judges what has changed since the plan anew, by one more request', async () => {
    app = await openApp();
    const proxy = await faultProxy(() => undefined);
    const kubeconfig = await writeKubeconfig(app.folder, { cluster: plainCluster(proxy.url) });
    const target = openTarget(app.namespace, { kubeconfig });
    const events: Event[] = [];
    try {
      await deploy(target, [await maps('a', 'keep', 'taken', 'moved', 'again', 'still')]);
      const desired = [await maps('a')];
      await target.locked(async () => {
        const plan = await target.plan(desired);
        const going = ['again', 'keep', 'moved', 'still', 'taken'].map((name) => `ConfigMap/${name}`);
        expect(Object.keys(changed(plan)).sort()).toEqual(going);
        await inApp('annotate', 'configmap', 'keep', 'cloudnative.dev/prune=keep');
        await inApp('label', 'configmap', 'taken', '--overwrite', 'cloudnative.dev/app=other');
        await inApp('label', 'configmap', 'taken', 'applyset.kubernetes.io/part-of-');
        await inApp('annotate', 'configmap', 'moved', 'example.com/seen=yes');
        await inApp('delete', 'configmap', 'again');
        await inApp('create', 'configmap', 'again');
        proxy.seen.length = 0;
        const emit = (event: Event) => void events.push(event);
        const signal = new AbortController().signal;
        await applyPlan(plan, { timeout: 30_000, wait: true }, { target, emit, signal });
      });
      // They go at the same time, so that any of them may be told first.
      const kept = events.filter((event) => event.type === 'kept');
      expect(kept.sort((a, b) => a.resource.localeCompare(b.resource))).toEqual([
        { type: 'kept', resource: 'ConfigMap/keep', reason: 'kept: cloudnative.dev/prune says so' },
        {
          type: 'kept',
          resource: 'ConfigMap/taken',
          reason: 'left: its labels say that it belongs to other in staging',
        },
      ]);
      expect([...(await presentMaps(app.namespace)).keys()]).toEqual([
        'ConfigMap/a',
        'ConfigMap/again',
        'ConfigMap/cloudnative.shop.staging',
        'ConfigMap/keep',
        'ConfigMap/taken',
      ]);
      expect(await recorded(app.namespace)).toEqual(['ConfigMap/a', 'ConfigMap/keep']);
      const asked = (name: string) =>
        proxy.seen.filter((line) => line.startsWith('DELETE') && line.endsWith(`/configmaps/${name}`)).length;
      expect([asked('still'), asked('moved')]).toEqual([1, 2]);
    } finally {
      await target.close();
      await proxy.close();
    }
  });
});

import { setTimeout } from 'node:timers/promises';
import { afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import type { ExpectedError } from '../../../src/core/errors.ts';
import { labSuite } from '../../support/lab.ts';
import { type App, changed, deploy, openApp } from './support/app.ts';
import { everything, objectOf, settled } from './support/kubectl.ts';
import { pushProbeImage } from './support/probe-image.ts';

labSuite('kubernetes target', ['kubeconfig', 'kubectl', 'pods', 'registry'], () => {
  let image: string;
  let app: App;
  beforeAll(async () => {
    image = await pushProbeImage('kubernetes-target/orders');
  });
  beforeEach(async () => {
    app = await openApp();
  });
  afterEach(() => app.close());

  const replicas = async () =>
    (((await objectOf(app.namespace, 'deployment/orders')).spec ?? {}) as { replicas: number }).replicas;
  const owners = async () => {
    const { metadata } = await objectOf(app.namespace, 'deployment/orders');
    const fields = metadata.managedFields as {
      manager: string;
      subresource?: string;
      fieldsV1: { 'f:spec'?: object };
    }[];
    return fields
      .filter(({ fieldsV1 }) => 'f:replicas' in (fieldsV1['f:spec'] ?? {}))
      .map(({ manager }) => manager);
  };

  test('a manifest that leaves the number of pods to an autoscaler never drops it', async () => {
    await deploy(app.target, [await app.service('orders', { image, replicas: 3 })]);
    const scaled = await app.service('orders', { image, replicas: null, autoscaler: { min: 3, max: 4 } });
    let least = 3;
    const stop = new AbortController();
    const watching = (async () => {
      while (!stop.signal.aborted) {
        least = Math.min(least, await replicas());
        await setTimeout(100);
      }
    })();
    expect(changed(await deploy(app.target, [scaled]))).toEqual({
      'HorizontalPodAutoscaler/orders': 'create',
    });
    const before = await settled(app.namespace);
    expect(changed(await deploy(app.target, [scaled]))).toEqual({});
    const after = await everything(app.namespace);
    for (const [uid, { name }] of before)
      if (!name.startsWith('Horizontal')) expect(after.get(uid)).toEqual(before.get(uid));
    expect(await owners()).toEqual(['cloudnative']);

    // The autoscaler changes the number, so that it becomes the autoscaler's; a change of something else leaves it alone.
    const more = await app.service('orders', { image, replicas: null, autoscaler: { min: 4, max: 4 } });
    await deploy(app.target, [more]);
    for (const deadline = Date.now() + 30_000; (await replicas()) !== 4 && Date.now() < deadline; )
      await setTimeout(200);
    expect(await owners()).toEqual(['kube-controller-manager']);
    const changedMore = await app.service('orders', {
      image,
      replicas: null,
      autoscaler: { min: 4, max: 4 },
      env: { A: '1' },
    });
    expect(changed(await deploy(app.target, [changedMore]))).toEqual({ 'Deployment/orders': 'update' });
    stop.abort();
    await watching;
    expect(await replicas()).toBe(4);
    expect(least).toBe(3);
  }, 90_000);

  test('a manifest that sets what an autoscaler has set is told so', async () => {
    const orders = await app.service('orders', { image, replicas: 1, autoscaler: { min: 2, max: 3 } });
    await deploy(app.target, [orders]);
    for (const deadline = Date.now() + 30_000; (await replicas()) !== 2 && Date.now() < deadline; )
      await setTimeout(200);
    const error = await deploy(app.target, [orders]).catch((thrown: ExpectedError) => thrown);
    expect((error as ExpectedError).explanation).toMatchObject({
      code: 'E_CONFLICT',
      where: 'Deployment/orders spec.replicas = 2',
      why: expect.stringMatching(/^kube-controller-manager set it( \S+ ago)?; the manifest says 1$/),
      hints: [
        'remove replicas from the manifest to leave it to others',
        'or take what others set: --force-conflicts Deployment/orders',
      ],
    });
    expect(await replicas()).toBe(2);
  }, 90_000);

  test('a manifest without a number and without an autoscaler means one pod, as it does to kubectl', async () => {
    await deploy(app.target, [await app.service('orders', { image, replicas: 2 })]);
    await deploy(app.target, [await app.service('orders', { image, replicas: null })]);
    expect(await replicas()).toBe(1);
  });
});

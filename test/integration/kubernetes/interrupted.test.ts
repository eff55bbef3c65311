import { afterAll, beforeAll, expect, test } from 'vitest';
import type { DesiredService } from '../../../src/targets/target.ts';
import { labSuite } from '../../support/lab.ts';
import { type App, changed, deploy, destroy, openApp } from './support/app.ts';
import { kubectl } from './support/kubectl.ts';
import { stoppedAt } from './support/stopped-at.ts';

// No pods: what is stopped and continued is the writing.
const image =
  'nowhere.invalid/orders@sha256:0000000000000000000000000000000000000000000000000000000000000000';
const kinds = 'serviceaccount,configmap,deployment,service,poddisruptionbudget,networkpolicy,lease';

labSuite('kubernetes target', ['kubeconfig', 'kubectl'], () => {
  let app: App;
  let services: DesiredService[];
  beforeAll(async () => {
    app = await openApp();
    services = [
      await app.service('orders', { image, replicas: 0, calls: ['catalog'] }),
      await app.service('catalog', { image, replicas: 0 }),
    ];
  });
  afterAll(() => app.close());

  /** What the manifests made, without what differs from one time to the next. */
  const objects = async () => {
    const { items } = JSON.parse(await kubectl(['get', kinds, '-n', app.namespace, '-o', 'json']));
    const own = (
      items as {
        kind: string;
        metadata: Record<string, unknown>;
        spec?: Record<string, unknown>;
        data?: unknown;
      }[]
    ).map(({ kind, metadata, spec, data }) => {
      const { clusterIP: _, clusterIPs: __, ...rest } = spec ?? {};
      // The record names each object's uid, which is another each time.
      const content = JSON.stringify(data)?.replace(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, 'uid');
      return { kind, name: metadata.name, labels: metadata.labels, spec: rest, data: content };
    });
    return own.filter(({ name }) => name !== 'kube-root-ca.crt' && name !== 'default');
  };

  test('a deploy stopped before or after any of its writes is completed by the next', async () => {
    await deploy(app.target, services);
    const whole = await objects();
    expect(whole).toHaveLength(13);
    await destroy(app.target);
    for (let nth = 1, reached = true; reached; nth++) {
      reached = await stoppedAt(app, nth, nth % 2 ? 'reset' : 'lose-answer', (target, signal) =>
        deploy(target, services, { signal }),
      );
      await deploy(app.target, services);
      expect(await objects()).toEqual(whole);
      expect(changed(await app.target.plan(services))).toEqual({});
      await destroy(app.target);
      expect(await objects()).toEqual([]);
      if (!reached) expect(nth).toBeGreaterThan(12);
    }
  }, 240_000);

  test('a removal stopped before or after any of its writes is completed by the next', async () => {
    for (let nth = 1, reached = true; reached; nth++) {
      await deploy(app.target, services);
      reached = await stoppedAt(app, nth, nth % 2 ? 'lose-answer' : 'reset', (target, signal) =>
        destroy(target, undefined, signal),
      );
      await destroy(app.target);
      expect(await objects()).toEqual([]);
      if (!reached) expect(nth).toBeGreaterThan(12);
    }
  }, 240_000);
});

import { afterAll, beforeAll, expect, test } from 'vitest';
import { Cancelled } from '../../../src/core/errors.ts';
import type { DesiredService } from '../../../src/targets/target.ts';
import { labSuite } from '../../support/lab.ts';
import { type App, changed, deploy, destroy, openApp, openTarget } from './support/app.ts';
import { type Fault, faultProxy } from './support/fault-proxy.ts';
import { plainCluster, writeKubeconfig } from './support/kubeconfig.ts';
import { kubectl } from './support/kubectl.ts';

// No pods: what is stopped and continued is the writing.
const image =
  'nowhere.invalid/orders@sha256:0000000000000000000000000000000000000000000000000000000000000000';
const writes = /^(PATCH|POST|PUT|DELETE) (?!.*dryRun=All)/;
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
      return { kind, name: metadata.name, labels: metadata.labels, spec: rest, data };
    });
    return own.filter(({ name }) => name !== 'kube-root-ca.crt' && name !== 'default');
  };

  /** One run against a proxy that fails its nth write, whereupon the run is stopped as Ctrl-C does. False when it had fewer. */
  const stoppedAt = async (
    nth: number,
    fault: Fault,
    run: (target: ReturnType<typeof openTarget>, signal: AbortSignal) => Promise<unknown>,
  ) => {
    const stop = new AbortController();
    let count = 0;
    const proxy = await faultProxy((_, line) => {
      if (!writes.test(line) || ++count !== nth) return undefined;
      setImmediate(() => stop.abort(new Cancelled('interrupted')));
      return fault;
    });
    const target = openTarget(app.namespace, {
      kubeconfig: await writeKubeconfig(app.folder, { cluster: plainCluster(proxy.url) }),
    });
    try {
      await run(target, stop.signal);
      return stop.signal.aborted;
    } catch (error) {
      if (!stop.signal.aborted) throw error;
      return true;
    } finally {
      await target.close();
      await proxy.close();
    }
  };

  test('a deploy stopped before or after any of its writes is completed by the next', async () => {
    await deploy(app.target, services);
    const whole = await objects();
    expect(whole).toHaveLength(12);
    await destroy(app.target);
    for (let nth = 1, reached = true; reached; nth++) {
      reached = await stoppedAt(nth, nth % 2 ? 'reset' : 'lose-answer', (target, signal) =>
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
      reached = await stoppedAt(nth, nth % 2 ? 'lose-answer' : 'reset', (target, signal) =>
        destroy(target, undefined, signal),
      );
      await destroy(app.target);
      expect(await objects()).toEqual([]);
      if (!reached) expect(nth).toBeGreaterThan(12);
    }
  }, 240_000);
});

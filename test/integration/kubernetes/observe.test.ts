import { randomBytes } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { LogLine } from '../../../src/targets/target.ts';
import { labSuite } from '../../support/lab.ts';
import { type App, deploy, openApp, openTarget } from './support/app.ts';
import { faultProxy } from './support/fault-proxy.ts';
import { plainCluster, writeKubeconfig } from './support/kubeconfig.ts';
import { edit, kubectl } from './support/kubectl.ts';
import { pushProbeImage } from './support/probe-image.ts';
import { cuttingProxy } from './support/tcp-proxies.ts';

labSuite('kubernetes target', ['kubeconfig', 'kubectl', 'pods', 'registry'], () => {
  let app: App;
  let image: string;
  beforeAll(async () => {
    image = await pushProbeImage('kubernetes-target/orders');
    app = await openApp();
    const orders = await app.service('orders', { image, replicas: 2 });
    const catalog = await app.service('catalog', { image });
    await deploy(app.target, [orders, catalog]);
  });
  afterAll(() => app.close());

  const pods = async (service: string) => {
    const args = [
      'get',
      'pods',
      '-n',
      app.namespace,
      '-l',
      `app.kubernetes.io/name=${service}`,
      '-o',
      'jsonpath={.items[*].metadata.name}',
    ];
    return (await kubectl(args)).split(' ').filter(Boolean).sort();
  };
  const signal = new AbortController().signal;

  test('status tells of every service, in order', async () => {
    const status = await app.target.status();
    expect(status).toMatchObject([
      {
        service: 'catalog',
        verdict: { readiness: 'ready', reason: '1 pod ready' },
        ready: 1,
        wanted: 1,
        restarts: 0,
        notes: [],
      },
      { service: 'orders', verdict: { readiness: 'ready' }, ready: 2, wanted: 2, restarts: 0, notes: [] },
    ]);
    // The node may know the same image by the name of another test.
    expect(status[0]!.image.split('@')[1]).toBe(image.split('@')[1]);
    expect(Date.now() - Date.parse(status[0]!.since!)).toBeLessThan(300_000);
  });

  test('status tells what was changed by hand since the deploy, by whom, until a deploy takes it back', async () => {
    const edits = async () =>
      (await app.target.status())
        .flatMap(({ edits: found }) => found ?? [])
        .map(({ resource, by, fields }) => `${by} ${resource} ${fields}`);
    expect(await edits()).toEqual([]);
    await setTimeout(1100); // the server keeps whole seconds
    await kubectl(['scale', 'deployment/catalog', '--replicas=2', '-n', app.namespace]);
    await edit(app.namespace, 'deployment/orders', 'team: a', 'team: b');
    expect(await edits()).toEqual([
      'kubectl scale Deployment/catalog spec.replicas',
      'kubectl-edit Deployment/orders metadata.labels.team',
    ]);
    await setTimeout(1100);
    await deploy(app.target, [
      await app.service('orders', { image, replicas: 2 }),
      await app.service('catalog', { image }),
    ]);
    expect(await edits()).toEqual([]);
    // The pod too many still speaks until it has gone.
    await expect.poll(() => pods('catalog'), { timeout: 60_000 }).toHaveLength(1);
  });

  test('status of an app that is not there, in a namespace that is not there, is empty', async () => {
    const targets = [
      openTarget(app.namespace, { scope: { app: 'other', environment: 'staging' } }),
      openTarget('no-such-namespace'),
    ];
    for (const target of targets) {
      expect(await target.status()).toEqual([]);
      expect((await target.planRemoval()).changes).toEqual([]);
      await target.close();
    }
  });

  test('logs give the last lines of each pod, in the order of time', async () => {
    const lines: LogLine[] = [];
    for await (const line of app.target.logs(['orders'], { follow: false, tail: 3 }, signal))
      lines.push(line);
    expect(lines).toHaveLength(6);
    expect([...new Set(lines.map(({ instance }) => instance))].sort()).toEqual(await pods('orders'));
    expect(
      lines.every(
        ({ service, text }) => service === 'orders' && /^(tick \d+|listening on 8080 .*)$/.test(text),
      ),
    ).toBe(true);
    const all: LogLine[] = [];
    for await (const line of app.target.logs(['catalog'], { follow: false, tail: 100 }, signal))
      all.push(line);
    expect(all.map(({ text }) => text)[0]).toMatch(/^(listening on 8080 greeting hello|tick 1)$/);
    const ticks = all.flatMap(({ text }) => /tick (\d+)/.exec(text)?.[1] ?? []).map(Number);
    expect(ticks).toEqual([...ticks].sort((a, b) => a - b));
  });

  test('followed logs go on over a broken connection without a line lost or doubled', async () => {
    const proxy = await cuttingProxy();
    const kubeconfig = await writeKubeconfig(app.folder, {
      cluster: { server: `https://127.0.0.1:${proxy.port}` },
    });
    const target = openTarget(app.namespace, { kubeconfig });
    const stop = new AbortController();
    const cutting = setInterval(proxy.cut, 1500);
    try {
      const ticks: number[] = [];
      for await (const { text } of target.logs(['catalog'], { follow: true, tail: 1 }, stop.signal)) {
        const tick = /^tick (\d+)$/.exec(text)?.[1];
        if (tick && ticks.push(Number(tick)) === 16) stop.abort();
      }
      expect(ticks).toEqual(ticks.map((_, index) => ticks[0]! + index));
      expect(proxy.connections()).toBeGreaterThan(2);
    } finally {
      clearInterval(cutting);
      await target.close();
      proxy.close();
    }
  });

  test('followed logs show pods that come later, and a container that starts again', async () => {
    const stop = new AbortController();
    const lines: LogLine[] = [];
    const reading = (async () => {
      for await (const line of app.target.logs(['orders'], { follow: true, tail: 0 }, stop.signal))
        lines.push(line);
    })();
    await setTimeout(1500);
    const [first, second] = await pods('orders');
    expect(lines.some(({ text }) => text.startsWith('listening'))).toBe(false);
    await kubectl(['delete', 'pod', first!, '-n', app.namespace, '--wait=false']);
    const address = await kubectl([
      'get',
      'pod',
      second!,
      '-n',
      app.namespace,
      '-o',
      'jsonpath={.status.podIP}',
    ]);
    await fetch(`http://${address}:8080/exit`).catch(() => 'it ends before it answers');
    const started = () => lines.filter(({ text }) => text === 'tick 1').map(({ instance }) => instance);
    const deadline = Date.now() + 20_000;
    while (started().length < 2 && Date.now() < deadline) await setTimeout(200);
    stop.abort();
    await reading;
    const [came] = (await pods('orders')).filter((name) => name !== first && name !== second);
    expect(started().sort()).toEqual([came, second].sort());
  });

  test('followed logs lose and double no line over a rollout, and over crashes of containers that hardly lived', async () => {
    // Of its own also when this is tried again.
    const name = `crashing-${randomBytes(3).toString('hex')}`;
    // The node removes the log of the first as soon as the second has ended, whether or not it has told of the first by then.
    const crashing = await app.service(name, { image, env: { EXIT_CODE: '1', EXIT_AFTER: '1500ms' } });
    const stop = new AbortController();
    const lines: LogLine[] = [];
    const services = ['catalog', name];
    const old = await pods('catalog');
    const reading = (async () => {
      for await (const line of app.target.logs(services, { follow: true, tail: 0 }, stop.signal))
        lines.push(line);
    })();
    await setTimeout(1500);
    await deploy(app.target, [await app.service('catalog', { image, greeting: name })]);
    await deploy(app.target, [crashing], { timeout: 20_000 }).catch(() => 'it cannot become ready');
    const linesOf = (instance: string) =>
      lines.filter((line) => line.instance === instance).map(({ text }) => text);
    const [fresh] = (await pods('catalog')).filter((name) => !old.includes(name));
    const [crashed] = await pods(name);
    const starts = async () => {
      const path = 'jsonpath={.status.containerStatuses[0].restartCount}';
      return 1 + Number(await kubectl(['get', 'pod', crashed!, '-n', app.namespace, '-o', path]));
    };
    // The back-off is 10 s from the second start on.
    const deadline = Date.now() + 40_000;
    while ((await starts()) < 3 && Date.now() < deadline) await setTimeout(500);
    const started = await starts();
    await expect.poll(() => linesOf(crashed!).length, { timeout: 15_000 }).toBeGreaterThanOrEqual(started);
    stop.abort();
    await reading;
    expect(started).toBeGreaterThan(2);
    expect(linesOf(crashed!)).toEqual(Array(started).fill('\u001b[31mDATABASE_URL is not set\u001b[0m'));
    const ticks = (texts: readonly string[]) =>
      texts.flatMap((text) => /^tick (\d+)$/.exec(text)?.[1] ?? []).map(Number);
    // The old pod up to its last word, the new one from its first.
    expect(linesOf(old[0]!).at(-1)).toBe('ended');
    for (const instance of [old[0]!, fresh!]) {
      const seen = ticks(linesOf(instance));
      expect(seen).toEqual(seen.map((_, index) => seen[0]! + index));
    }
    expect(ticks(linesOf(fresh!))[0]).toBe(1);
    expect(linesOf(fresh!).filter((text) => text.startsWith('listening'))).toHaveLength(1);
  });

  test('followed logs go on where the server ends a stream while the container runs', async () => {
    let ended = 0;
    const proxy = await faultProxy((_, line) =>
      line.includes('/log?') && line.includes('follow=true') && ended++ < 3
        ? { watch: { closeAfter: 700 } }
        : undefined,
    );
    const kubeconfig = await writeKubeconfig(app.folder, { cluster: plainCluster(proxy.url) });
    const target = openTarget(app.namespace, { kubeconfig });
    const stop = new AbortController();
    try {
      const ticks: number[] = [];
      for await (const { text } of target.logs(['catalog'], { follow: true, tail: 1 }, stop.signal)) {
        const tick = /^tick (\d+)$/.exec(text)?.[1];
        if (tick && ticks.push(Number(tick)) === 12) stop.abort();
      }
      expect(ticks).toEqual(ticks.map((_, index) => ticks[0]! + index));
      expect(ended).toBeGreaterThan(3);
    } finally {
      await target.close();
      await proxy.close();
    }
  });
});

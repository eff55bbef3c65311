import { setTimeout } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import type { DesiredService, LogLine, Target } from '../../../src/targets/target.ts';
import { type ForwardProxy, httpProxy, socksProxy } from '../../support/forward-proxy.ts';
import { get, startForwarding } from '../../support/forwarding.ts';
import { labSuite } from '../../support/lab.ts';
import { openUpstream } from './support/api-upstream.ts';
import { type App, changed, deploy, destroy, openApp, openTarget } from './support/app.ts';
import { explained } from './support/explained.ts';
import { faultProxy } from './support/fault-proxy.ts';
import { type KubeconfigChanges, plainCluster, writeKubeconfig } from './support/kubeconfig.ts';
import { kubectl } from './support/kubectl.ts';
import { pushProbeImage } from './support/probe-image.ts';
import { cuttingProxy } from './support/tcp-proxies.ts';

/** A name that nobody on this machine can look up, and that leads to the API server by way of a proxy of the test. */
const elsewhere = 'api.cluster.invalid';
const named = {
  server: `https://${elsewhere}:6443`,
  // Certificates of API servers have it.
  'tls-server-name': 'kubernetes.default.svc',
};
const asked = `${elsewhere}:6443`;
const map = (name: string) => `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: ${name}}\n`;

labSuite('kubernetes proxies', ['kubeconfig', 'kubectl', 'pods', 'registry'], () => {
  let app: App;
  let orders: DesiredService;
  beforeAll(async () => {
    app = await openApp();
    const image = await pushProbeImage('kubernetes-proxies/orders');
    orders = await app.service('orders', { image });
    await deploy(app.target, [orders]);
  });
  afterAll(() => app.close());

  const open: { close(): unknown }[] = [];
  afterEach(async () => {
    vi.unstubAllEnvs();
    for (const one of open.splice(0)) await one.close();
  });
  const kept = async <T extends { close(): unknown }>(made: Promise<T>): Promise<T> => {
    const one = await made;
    open.unshift(one);
    return one;
  };
  const toServer = () => {
    const { host, port, close } = openUpstream();
    close();
    return { host, port };
  };
  const targetAt = async (cluster: KubeconfigChanges['cluster']): Promise<Target> => {
    const kubeconfig = await writeKubeconfig(app.folder, { cluster });
    return kept(Promise.resolve(openTarget(app.namespace, { kubeconfig })));
  };
  const environment = (variables: Record<string, string>) => {
    const names = ['HTTPS_PROXY', 'https_proxy', 'HTTP_PROXY', 'http_proxy', 'NO_PROXY', 'no_proxy'];
    for (const name of names) vi.stubEnv(name, variables[name] ?? '');
  };

  for (const [kind, make, address] of [
    ['an HTTP proxy', httpProxy, (port: number) => `me:s%3Ecret@127.0.0.1:${port}`],
    ['a SOCKS proxy', socksProxy, (port: number) => `socks5://me:s%3Ecret@127.0.0.1:${port}`],
  ] as const)
    test(`everything goes by one tunnel of ${kind} that the environment names`, async () => {
      const proxy = await kept(make({ to: toServer(), login: 'me:s>cret' }));
      environment({ HTTPS_PROXY: address(proxy.port) });
      const target = await targetAt(named);
      expect(changed(await deploy(target, [orders]))).toEqual({});
      expect(await target.status()).toMatchObject([{ service: 'orders', verdict: { readiness: 'ready' } }]);
      expect(proxy.tunnels).toEqual([asked]);
    });

  test('an address of the cluster that needs nothing but its authority goes through it too', async () => {
    const address = (
      await kubectl(['get', 'service', 'kubernetes', '-n', 'default', '-o', 'jsonpath={.spec.clusterIP}'])
    ).trim();
    const proxy = await kept(httpProxy({ to: toServer() }));
    environment({ https_proxy: `http://127.0.0.1:${proxy.port}` });
    const target = await targetAt({ server: `https://${address}` });
    expect(changed(await target.plan([orders]))).toEqual({});
    expect(proxy.tunnels).toEqual([`${address}:443`]);
  });

  test('deploys and removes through it where the server speaks HTTP/1.1', async () => {
    const server = await kept(faultProxy());
    const { hostname, port } = new URL(server.url);
    const proxy = await kept(httpProxy({ to: { host: hostname, port: Number(port) } }));
    environment({ HTTP_PROXY: `127.0.0.1:${proxy.port}`, HTTPS_PROXY: '127.0.0.1:1' });
    const other = await openApp();
    try {
      const kubeconfig = await writeKubeconfig(app.folder, { cluster: plainCluster(`http://${elsewhere}`) });
      const target = await kept(Promise.resolve(openTarget(other.namespace, { kubeconfig })));
      const names = Array.from({ length: 12 }, (_, index) => `map-${index}`);
      const given = await other.service('orders', {
        image: '',
        files: { 'maps.yaml': names.map(map).join('---\n') },
      });
      expect(Object.keys(changed(await deploy(target, [given])))).toHaveLength(12);
      await destroy(target);
      expect(server.seen.length).toBeGreaterThan(40);
      expect(new Set(proxy.tunnels)).toEqual(new Set([`${elsewhere}:80`]));
      // Connections are kept, not made for each request.
      expect(proxy.tunnels.length).toBeLessThan(20);
    } finally {
      await other.close();
    }
  });

  test('logs are followed through it, until one ends them', async () => {
    const proxy = await kept(httpProxy({ to: toServer() }));
    environment({ HTTPS_PROXY: `127.0.0.1:${proxy.port}` });
    const target = await targetAt(named);
    const stop = new AbortController();
    const lines: LogLine[] = [];
    for await (const line of target.logs(['orders'], { follow: true, tail: 1 }, stop.signal)) {
      lines.push(line);
      // One was there already; it says another every half second.
      if (lines.length === 5) stop.abort();
    }
    expect(lines.map(({ text }) => text)).toEqual(lines.map(() => expect.stringMatching(/^tick \d+$/)));
    expect(proxy.tunnels).toEqual([asked]);
  });

  test('ports are forwarded through it, each connection by a tunnel of its own', async () => {
    const proxy = await kept(httpProxy({ to: toServer() }));
    environment({ HTTPS_PROXY: `127.0.0.1:${proxy.port}` });
    const forwarding = await startForwarding(await targetAt(named), 'orders');
    try {
      const before = proxy.tunnels.length;
      const body = 'x'.repeat(300_000);
      expect(await get(`${forwarding.url}/echo`, { method: 'POST', body })).toBe(body);
      expect(await get(forwarding.url)).toBe('hello\n');
      expect(proxy.tunnels.slice(before)).toEqual([asked, asked]);
    } finally {
      await forwarding.stop();
    }
  });

  test('a connection that breaks is made anew through it', async () => {
    const cutting = await cuttingProxy();
    open.push(cutting);
    const proxy = await kept(httpProxy({ to: { host: '127.0.0.1', port: cutting.port } }));
    environment({ HTTPS_PROXY: `127.0.0.1:${proxy.port}` });
    const target = await targetAt(named);
    await target.plan([orders]);
    for (const cut of [cutting.cut, proxy.cut]) {
      cut();
      await setTimeout(50);
      expect(changed(await target.plan([orders]))).toEqual({});
    }
    expect(proxy.tunnels).toEqual([asked, asked, asked]);
  });

  test('a proxy of the kubeconfig comes first, and NO_PROXY is not about it', async () => {
    const proxy = await kept(httpProxy({ to: toServer() }));
    const passed = await kept(httpProxy());
    environment({ HTTPS_PROXY: `127.0.0.1:${passed.port}`, NO_PROXY: '*' });
    const url = `http://127.0.0.1:${proxy.port}`;
    const target = await targetAt({ ...named, 'proxy-url': url });
    expect(changed(await target.plan([orders]))).toEqual({});
    // Not even where the server is on this machine.
    const here = await targetAt({ 'proxy-url': url });
    expect(changed(await here.plan([orders]))).toEqual({});
    expect(proxy.tunnels).toEqual([asked, `${toServer().host}:${toServer().port}`]);
    expect(passed.tunnels).toEqual([]);
  });

  test('what NO_PROXY names, and what is on this machine, is reached directly', async () => {
    const proxy = await kept(httpProxy({ to: toServer() }));
    environment({ HTTPS_PROXY: `127.0.0.1:${proxy.port}`, NO_PROXY: `a, .cluster.invalid` });
    const { where, why } = await explained((await targetAt(named)).plan([orders]));
    expect(why).toMatch(new RegExp(`getaddrinfo E\\w+ ${elsewhere}`));
    expect(where).not.toContain('proxy');

    environment({ HTTPS_PROXY: `127.0.0.1:${proxy.port}` });
    const near = await cuttingProxy();
    open.push(near);
    const target = await targetAt({ ...named, server: `https://127.0.0.1:${near.port}` });
    expect(changed(await target.plan([orders]))).toEqual({});
    expect(near.connections()).toBe(1);
    expect(proxy.tunnels).toEqual([]);
  });

  test('what goes wrong on the way is told of the proxy, without its credentials', async () => {
    const told = async (
      proxy: ForwardProxy | { port: number },
      cluster: KubeconfigChanges['cluster'] = {},
    ) => {
      environment({ HTTPS_PROXY: `http://me:canary@127.0.0.1:${proxy.port}` });
      const explanation = await explained((await targetAt({ ...named, ...cluster })).plan([orders]));
      expect(JSON.stringify(explanation)).not.toContain('canary');
      expect(explanation).toMatchObject({ code: 'E_UNREACHABLE', exit: 'unreachable' });
      expect(explanation.where).toContain(`, through the proxy http://127.0.0.1:${proxy.port} of `);
      return explanation;
    };
    expect(await told({ port: 1 })).toMatchObject({
      message: `the cluster at https://${asked} cannot be reached`,
      where: expect.stringMatching(/of HTTPS_PROXY$/),
      why: 'the proxy cannot be reached: connect ECONNREFUSED 127.0.0.1:1',
      hints: [
        'look whether HTTPS_PROXY is right',
        `if no proxy is needed for this cluster: add ${elsewhere} to NO_PROXY`,
        expect.stringMatching(/^check with: kubectl --context \S+ --kubeconfig \S+ version$/),
      ],
    });
    expect(await told(await kept(httpProxy({ login: 'you:secret' })))).toMatchObject({
      why: `the proxy did not connect to ${asked}: 407 Proxy Authentication Required`,
      hints: expect.arrayContaining(['the user and the password in HTTPS_PROXY are not those that it takes']),
    });
    const shut = await kept(httpProxy({ login: 'me:canary', answer: '403 Forbidden' }));
    const url = `http://me:canary@127.0.0.1:${shut.port}`;
    expect(await told(shut, { 'proxy-url': url })).toMatchObject({
      where: expect.stringMatching(/of proxy-url of cluster \S+ in the kubeconfig$/),
      why: `the proxy did not connect to ${asked}: 403 Forbidden`,
      hints: ['ask who runs it to let this connection pass', expect.stringMatching(/^check with/)],
    });
    // The proxy is well, and what it leads to is not the cluster.
    const stranger = await kept(faultProxy(undefined, { tls: true }));
    const to = { host: '127.0.0.1', port: Number(new URL(stranger.url).port) };
    expect(await told(await kept(httpProxy({ to, login: 'me:canary' })))).toMatchObject({
      why: expect.stringMatching(/self-signed certificate/),
      hints: [
        `the certificate-authority of the kubeconfig is not that of https://${asked}: get the kubeconfig anew`,
        expect.stringMatching(/^check with/),
      ],
    });
  });
});

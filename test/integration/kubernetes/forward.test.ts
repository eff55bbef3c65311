import { randomBytes } from 'node:crypto';
import { connect } from 'node:net';
import { setTimeout } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { get, startForwarding } from '../../support/forwarding.ts';
import { labSuite } from '../../support/lab.ts';
import { type App, deploy, openApp, openTarget } from './support/app.ts';
import { writeKubeconfig } from './support/kubeconfig.ts';
import { kubectl } from './support/kubectl.ts';
import { serviceManifests } from './support/manifests.ts';
import { pushProbeImage } from './support/probe-image.ts';
import { cuttingProxy } from './support/tcp-proxies.ts';

/** The probe has one port; a pod that Prometheus is told of has an admin port. */
const scraped = (name: string) => {
  const files = serviceManifests(name);
  const marked = files['deployment.yaml']!.replace(
    /(template:\n +metadata: \{)/,
    '$1annotations: {prometheus.io/port: "8080"}, ',
  );
  return { ...files, 'deployment.yaml': marked };
};

labSuite('kubernetes forward', ['kubeconfig', 'kubectl', 'pods', 'registry'], () => {
  let app: App;
  let image: string;
  beforeAll(async () => {
    image = await pushProbeImage('kubernetes-forward/orders');
    app = await openApp();
    await deploy(app.target, [await app.service('orders', { image, replicas: 2 })]);
  });
  afterAll(() => app.close());

  test('leads requests to a pod, many at once and of any size', async () => {
    const forwarding = await startForwarding(app.target, 'orders');
    try {
      expect(await get(forwarding.url)).toBe('hello\n');
      const bodies = Array.from({ length: 8 }, (_, index) =>
        randomBytes(1 + index * 400_000).toString('hex'),
      );
      const echoes = await Promise.all(
        bodies.map((body) => get(`${forwarding.url}/echo`, { method: 'POST', body })),
      );
      expect(echoes.map((echo, index) => echo === bodies[index])).toEqual(bodies.map(() => true));
      expect(forwarding.instances()).toEqual([`Pod/${await get(`${forwarding.url}/host`)}`]);
    } finally {
      await forwarding.stop();
    }
    await expect(get(forwarding.url)).rejects.toThrow();
  });

  test('answers a client that ends its side before the answer has come', async () => {
    const forwarding = await startForwarding(app.target, 'orders');
    try {
      const socket = connect({
        host: '127.0.0.1',
        port: Number(new URL(forwarding.url).port),
        allowHalfOpen: true,
      });
      socket.end('GET / HTTP/1.0\r\n\r\n');
      let answer = '';
      for await (const chunk of socket) answer += chunk;
      expect(answer).toMatch(/^HTTP\/1.0 200 OK\r\n[\s\S]*hello\n$/);
    } finally {
      await forwarding.stop();
    }
  });

  test('goes on at another pod when its pod is deleted, and at the new version after a rollout', async () => {
    const forwarding = await startForwarding(app.target, 'orders');
    try {
      const first = await get(`${forwarding.url}/host`);
      await kubectl(['delete', 'pod', first, '-n', app.namespace, '--wait=false']);
      const second = await get(`${forwarding.url}/host`);
      expect(second).not.toBe(first);
      await deploy(app.target, [await app.service('orders', { image, replicas: 2, greeting: 'again' })]);
      // An old pod that is still ready may answer; once it ends, a new one does.
      let answer = '';
      for (let left = 100; left > 0 && answer !== 'again\n'; left--) {
        answer = await get(forwarding.url);
        await setTimeout(100);
      }
      expect(answer).toBe('again\n');
      expect(forwarding.instances().length).toBeGreaterThan(2);
      expect(forwarding.events.filter(({ type }) => type === 'warning')).toEqual([]);
    } finally {
      await forwarding.stop();
    }
  });

  test('goes on after the way to the API server was cut; connections of then end', async () => {
    const proxy = await cuttingProxy();
    const kubeconfig = await writeKubeconfig(app.folder, {
      cluster: { server: `https://127.0.0.1:${proxy.port}` },
    });
    const target = openTarget(app.namespace, { kubeconfig });
    const forwarding = await startForwarding(target, 'orders');
    try {
      const socket = connect({ host: '127.0.0.1', port: Number(new URL(forwarding.url).port) });
      const closed = new Promise<void>((resolve) => {
        socket.on('error', () => undefined).once('close', () => resolve());
      });
      const begun = new Promise((resolve) => socket.once('data', resolve));
      socket.write('GET / HTTP/1.1\r\nHost: orders\r\n\r\n');
      await begun;
      proxy.cut();
      await closed;
      expect(await get(forwarding.url)).toMatch(/hello|again/);
    } finally {
      await forwarding.stop();
      await target.close();
      proxy.close();
    }
  });

  test('waits for a service that is not ready, while its admin port is led to at once', async () => {
    const slow = await app.service('slow', { image, env: { READY: 'false' }, files: scraped('slow') });
    await deploy(app.target, [slow], { timeout: 3000 }).catch(() => 'it does not become ready');
    await expect(startForwarding(app.target, 'slow', { timeout: 1000 })).rejects.toMatchObject({
      explanation: {
        code: 'E_NOT_READY',
        exit: 'timeout',
        why: expect.stringMatching(/^Pod\/slow-.*not ready/),
      },
    });
    const toAdmin = await startForwarding(app.target, 'slow', { port: 'admin' });
    expect(await get(toAdmin.url)).toBe('hello\n');
    await toAdmin.stop();
    const waiting = startForwarding(app.target, 'slow', { timeout: 60_000 });
    await deploy(app.target, [await app.service('slow', { image, files: scraped('slow') })]);
    const forwarding = await waiting;
    expect(await get(forwarding.url)).toBe('hello\n');
    expect(forwarding.events[0]).toMatchObject({ type: 'waiting', resource: 'slow' });
    await forwarding.stop();
  });

  test('says what is wrong: no such service, no such port, no right', async () => {
    await expect(startForwarding(app.target, 'nothing')).rejects.toMatchObject({
      explanation: { code: 'E_NOT_DEPLOYED', exit: 'notFound' },
    });
    await expect(startForwarding(app.target, 'orders', { port: 'admin' })).rejects.toMatchObject({
      explanation: { code: 'E_NO_PORT', exit: 'notFound', why: 'it declares http 8080' },
    });
    await kubectl(['create', 'serviceaccount', 'reader', '-n', app.namespace]);
    await kubectl([
      'create',
      'rolebinding',
      'reader',
      '--clusterrole=view',
      `--serviceaccount=${app.namespace}:reader`,
      '-n',
      app.namespace,
    ]);
    const token = (await kubectl(['create', 'token', 'reader', '-n', app.namespace])).trim();
    const target = openTarget(app.namespace, {
      kubeconfig: await writeKubeconfig(app.folder, { user: { token } }),
    });
    await expect(startForwarding(target, 'orders')).rejects.toMatchObject({
      explanation: {
        code: 'E_FORBIDDEN',
        exit: 'auth',
        message: expect.stringContaining('pods/portforward'),
      },
    });
    await target.close();
  });
});

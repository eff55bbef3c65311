import { chmod, readFile, writeFile } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ExpectedError, type Explanation } from '../../../src/core/errors.ts';
import type { DesiredService, Target } from '../../../src/targets/target.ts';
import { lab, labSuite } from '../../support/lab.ts';
import { type App, changed, deploy, destroy, openApp, openTarget } from './support/app.ts';
import { faultProxy } from './support/fault-proxy.ts';
import { type KubeconfigChanges, plainCluster, writeKubeconfig } from './support/kubeconfig.ts';
import { everything, kubectl } from './support/kubectl.ts';
import { cuttingProxy } from './support/tcp-proxies.ts';

const image =
  'nowhere.invalid/orders@sha256:0000000000000000000000000000000000000000000000000000000000000000';

labSuite('kubernetes target', ['kubeconfig', 'kubectl'], () => {
  let app: App;
  let orders: DesiredService;
  beforeAll(async () => {
    app = await openApp();
    orders = await app.service('orders', { image, replicas: 0 });
  });
  afterAll(() => app.close());

  const targets: Target[] = [];
  const targetWith = async (changes: KubeconfigChanges, namespace = app.namespace) => {
    const target = openTarget(namespace, { kubeconfig: await writeKubeconfig(app.folder, changes) });
    targets.push(target);
    return target;
  };
  afterAll(() => Promise.all(targets.map((target) => target.close())));

  const refusal = async (target: Target): Promise<Explanation & { ms: number }> => {
    const started = Date.now();
    const error = await target.plan([orders]).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(ExpectedError);
    return { ...(error as ExpectedError).explanation, ms: Date.now() - started };
  };

  test('a server that is not there', async () => {
    const explanation = await refusal(await targetWith({ cluster: { server: 'https://127.0.0.1:1' } }));
    expect(explanation).toMatchObject({
      code: 'E_UNREACHABLE',
      exit: 'unreachable',
      message: 'the cluster at https://127.0.0.1:1 cannot be reached',
      where: `context ${lab.context}`,
      why: expect.stringContaining('ECONNREFUSED'),
    });
    expect(explanation.ms).toBeLessThan(3000);
  });

  test('a server that accepts and says nothing', async () => {
    const silent = createServer(() => {});
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
    const { port } = silent.address() as AddressInfo;
    try {
      for (const cluster of [
        { server: `https://127.0.0.1:${port}` },
        plainCluster(`http://127.0.0.1:${port}`),
      ]) {
        const explanation = await refusal(await targetWith({ cluster }));
        expect(explanation).toMatchObject({
          code: 'E_UNREACHABLE',
          why: expect.stringContaining('no answer within 5 s'),
        });
        expect(explanation.ms).toBeLessThan(12_000);
      }
    } finally {
      silent.close();
    }
  });

  test('a server whose certificate is not the expected one', async () => {
    const explanation = await refusal(
      await targetWith({ cluster: { 'certificate-authority-data': undefined } }),
    );
    expect(explanation).toMatchObject({ code: 'E_UNREACHABLE', why: expect.stringMatching(/certificate/) });
  });

  test('a context that is not in the kubeconfig', async () => {
    const target = openTarget(app.namespace, { context: `${lab.context}x` });
    expect(await refusal(target)).toMatchObject({
      code: 'E_CONTEXT',
      exit: 'notFound',
      message: `there is no context ${lab.context}x`,
      why: `the contexts are ${lab.context}`,
      hints: [expect.stringContaining(`did you mean ${lab.context}?`)],
    });
  });

  test('a kubeconfig that is none', async () => {
    const file = join(app.folder, 'broken');
    await writeFile(file, 'users: [{name: a, user: {token: canary}\n');
    const explanation = await refusal(openTarget(app.namespace, { kubeconfig: file }));
    expect(explanation).toMatchObject({ code: 'E_KUBECONFIG', exit: 'validation', where: file });
    expect(JSON.stringify(explanation)).not.toContain('canary');
  });

  test('credentials that are not accepted', async () => {
    const explanation = await refusal(await targetWith({ user: { token: 'canary' } }));
    expect(explanation).toMatchObject({
      code: 'E_AUTH',
      exit: 'auth',
      message: expect.stringContaining(`context ${lab.context}`),
    });
    expect(JSON.stringify(explanation)).not.toContain('canary');
  });

  test('a plugin that fails, and one whose token has run out', async () => {
    const plugin = join(app.folder, 'plugin');
    const count = join(app.folder, 'count');
    const exec = { apiVersion: 'client.authentication.k8s.io/v1', command: plugin, interactiveMode: 'Never' };
    expect(await refusal(await targetWith({ user: { exec } }))).toMatchObject({
      code: 'E_AUTH',
      why: `there is no program ${plugin}`,
    });

    await kubectl(['create', 'serviceaccount', 'deployer', '-n', app.namespace]);
    await kubectl([
      'create',
      'rolebinding',
      'deployer',
      '-n',
      app.namespace,
      '--clusterrole=admin',
      `--serviceaccount=${app.namespace}:deployer`,
    ]);
    const token = (await kubectl(['create', 'token', 'deployer', '-n', app.namespace])).trim();
    const credential = (text: string) =>
      JSON.stringify({
        apiVersion: exec.apiVersion,
        kind: 'ExecCredential',
        status: { token: text, expirationTimestamp: '2099-01-01T00:00:00Z' },
      });
    const script = `#!/bin/sh
test -n "$KUBERNETES_EXEC_INFO" || { echo "no info" >&2; exit 1; }
echo once >> ${count}
if [ $(wc -l < ${count}) -lt 2 ]; then echo '${credential('stale')}'; else echo '${credential(token)}'; fi
`;
    await writeFile(plugin, script);
    await chmod(plugin, 0o755);
    const target = await targetWith({ user: { exec } });
    expect((await target.plan([orders])).changes.length).toBeGreaterThan(0);
    expect((await readFile(count, 'utf8')).split('\n').filter(Boolean)).toHaveLength(2);

    await writeFile(plugin, '#!/bin/sh\necho "session is over: log in" >&2\nexit 1\n');
    expect(await refusal(await targetWith({ user: { exec } }))).toMatchObject({
      code: 'E_AUTH',
      message: `the credential plugin ${plugin} of user admin failed`,
      why: ['session is over: log in'],
    });
  });

  test('somebody with rights in the namespace alone deploys and removes; without them it is said what is missing', async () => {
    const token = (await kubectl(['create', 'token', 'deployer', '-n', app.namespace])).trim();
    const target = await targetWith({ user: { token } });
    expect(Object.keys(changed(await deploy(target, [orders])))).toHaveLength(6);
    expect(changed(await deploy(target, [orders]))).toEqual({});
    await destroy(target);
    expect(
      [...(await everything(app.namespace)).values()].filter(({ name }) => name.endsWith('/orders')),
    ).toEqual([]);

    await kubectl(['delete', 'rolebinding', 'deployer', '-n', app.namespace]);
    await kubectl([
      'create',
      'rolebinding',
      'deployer',
      '-n',
      app.namespace,
      '--clusterrole=view',
      `--serviceaccount=${app.namespace}:deployer`,
    ]);
    expect(await refusal(await targetWith({ user: { token } }))).toMatchObject({
      code: 'E_FORBIDDEN',
      exit: 'auth',
      message: expect.stringMatching(
        new RegExp(
          `^system:serviceaccount:${app.namespace}:deployer may not patch \\S+ in namespace ${app.namespace}$`,
        ),
      ),
      where: `context ${lab.context}`,
      hints: [expect.stringMatching(/auth can-i patch \S+ -n /)],
    });
  });

  test('answers that fail, break or come late are asked for again, and nothing is made twice', async () => {
    const faults = [
      { status: 503 },
      'reset',
      'lose-answer',
      { status: 429, retryAfter: 1 },
      'truncate',
      { status: 500 },
    ] as const;
    const proxy = await faultProxy((number) =>
      number % 4 === 0 ? faults[(number / 4) % faults.length] : undefined,
    );
    try {
      const target = await targetWith({ cluster: plainCluster(proxy.url) });
      await deploy(target, [orders]);
      expect(proxy.seen.length).toBeGreaterThan(30);
      expect(changed(await app.target.plan([orders]))).toEqual({});
      await destroy(target);
      const left = [...(await everything(app.namespace)).values()].map(({ name }) => name);
      expect(left.filter((name) => /\/orders|Lease/.test(name))).toEqual([]);
    } finally {
      await proxy.close();
    }
  });

  test('a server behind a path is asked there', async () => {
    const proxy = await faultProxy((_, line) =>
      /^[A-Z]+ \/base\//.test(line) ? undefined : { status: 501 },
    );
    try {
      const target = await targetWith({ cluster: plainCluster(`${proxy.url}/base/`) });
      const { changes } = await target.plan([orders]);
      expect(changes.filter(({ bookkeeping }) => !bookkeeping)).toHaveLength(6);
    } finally {
      await proxy.close();
    }
  });

  test('a server that fails for good is told as such', async () => {
    const proxy = await faultProxy((number) => (number > 2 ? { status: 503 } : undefined));
    try {
      const error = await (await targetWith({ cluster: plainCluster(proxy.url) }))
        .plan([orders])
        .catch((thrown: unknown) => thrown);
      expect((error as ExpectedError).explanation).toMatchObject({
        code: 'E_REFUSED',
        why: 'made by the test',
      });
    } finally {
      await proxy.close();
    }
  });

  test('one connection carries everything; when it breaks, the next carries on', async () => {
    const proxy = await cuttingProxy();
    let cutting: NodeJS.Timeout | undefined;
    try {
      const target = await targetWith({ cluster: { server: `https://127.0.0.1:${proxy.port}` } });
      await target.plan([orders]);
      expect(proxy.connections()).toBe(1);
      let cuts = 0;
      cutting = setInterval(() => {
        proxy.cut();
        if (++cuts === 6) clearInterval(cutting);
      }, 150);
      await deploy(target, [orders]);
      expect(changed(await app.target.plan([orders]))).toEqual({});
      await destroy(target);
      // How many of the cuts met a connection depends on the machine's speed; that one did is enough.
      expect(proxy.connections()).toBeGreaterThan(1);
    } finally {
      clearInterval(cutting);
      proxy.close();
    }
  });
});

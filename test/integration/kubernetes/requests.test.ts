import { chmod, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { ExpectedError, Explanation } from '../../../src/core/errors.ts';
import type { DesiredService } from '../../../src/targets/target.ts';
import { labSuite } from '../../support/lab.ts';
import { figure, long, randomNumbers, seed } from '../../support/trials.ts';
import { type App, changed, deploy, destroy, openApp, openTarget } from './support/app.ts';
import { type Fault, faultProxy } from './support/fault-proxy.ts';
import { clusterAt } from './support/kill-matrix.ts';
import { writeKubeconfig } from './support/kubeconfig.ts';
import { everything, kubectl } from './support/kubectl.ts';

const image = `nowhere.invalid/orders@sha256:${'0'.repeat(64)}`;
const isWrite = (line: string) => /^(PATCH|POST|PUT|DELETE) (?!.*dryRun=All)/.test(line);
const isApply = (line: string) => /^PATCH \S+\/configmaps\/(?!cloudnative\.|.*dryRun=All)/.test(line);
const isRecord = (line: string) => /^PATCH \S+\/configmaps\/cloudnative\./.test(line);
const refusal = (status: number, reason: string, message: string, details?: object) => ({
  status,
  body: { code: status, reason, message, details },
});

labSuite('kubernetes faults', ['kubeconfig', 'kubectl'], () => {
  let app: App;
  let orders: DesiredService;
  const wanted = (greeting: string) => app.service('orders', { image, replicas: 0, greeting });
  beforeAll(async () => {
    app = await openApp();
    orders = await wanted('hello');
  });
  afterAll(() => app.close());

  type Choose = (number: number, line: string, authorization: string) => Fault | undefined;
  /** What one piece of work comes to through a proxy with faults. */
  const through = async <T>(
    fault: Choose,
    work: (target: ReturnType<typeof openTarget>) => Promise<T>,
    user?: Record<string, unknown>,
  ) => {
    const at: { line: string; ms: number }[] = [];
    const proxy = await faultProxy(
      (number, line, authorization) => {
        at.push({ line, ms: performance.now() });
        return fault(number, line, authorization);
      },
      { tls: true },
    );
    const kubeconfig = await writeKubeconfig(app.folder, { cluster: clusterAt(proxy), user });
    const target = openTarget(app.namespace, { kubeconfig });
    try {
      const value = await work(target).then(
        (done) => ({ done, error: undefined }),
        (error: ExpectedError) => ({
          done: undefined,
          error: error.explanation as Explanation | undefined,
          thrown: error,
        }),
      );
      return { ...value, at };
    } finally {
      await target.close();
      await proxy.close();
    }
  };
  const leftovers = async () =>
    [...(await everything(app.namespace)).values()]
      .map(({ name }) => name)
      .filter((name) => /\/orders|Lease/.test(name));

  test('faults in a fifth of all answers are survived, and nothing is made twice', async () => {
    const random = randomNumbers(seed);
    const faults: Fault[] = [
      'reset',
      'lose-answer',
      'truncate',
      'truncate-quietly',
      { status: 500 },
      { status: 503 },
      { status: 429, retryAfter: 1 },
    ];
    const trials = long ? 100 : 6;
    let succeeded = 0;
    let faulty = 0;
    let requests = 0;
    const whole = new Set<string>();
    for (let trial = 0; trial < trials; trial++) {
      const removes = trial % 3 === 2;
      const desired = await wanted(`hello ${trial}`);
      const { error, at } = await through(
        () => {
          if (random() >= 0.2) return undefined;
          faulty++;
          return faults[Math.floor(random() * faults.length)];
        },
        async (target) => void (removes ? await destroy(target) : await deploy(target, [desired])),
      );
      requests += at.length;
      if (!error) succeeded++;
      if (error) console.error(error);
      const left = await leftovers();
      if (!error)
        whole.add(
          `${removes} ${left.filter((name) => /^(?!ConfigMap|Lease)\w+\/orders$/.test(name)).sort()}`,
        );
      if (!error && !removes) expect(changed(await app.target.plan([desired]))).toEqual({});
    }
    figure(
      'N1',
      `${trials} runs with ${faulty} faults in ${requests} requests: ${succeeded} succeeded, duplicates ${whole.size - 2}`,
    );
    expect(succeeded / trials).toBeGreaterThanOrEqual(0.99);
    expect(whole.size).toBe(2);
  }, 1_800_000);

  test('a server that asks to be left alone is, for as long as it says', async () => {
    const waits: number[] = [];
    for (const retryAfter of [1, 3]) {
      let refused = 0;
      const { error, at } = await through(
        (_, line) =>
          /^GET \S+\/services\/orders$/.test(line) && refused++ < 2 ? { status: 429, retryAfter } : undefined,
        (target) => target.plan([orders]),
      );
      expect(error).toBeUndefined();
      const times = at.filter(({ line }) => line.endsWith('/services/orders')).map(({ ms }) => ms);
      expect(times.length).toBeGreaterThanOrEqual(3);
      waits.push(...[1, 2].map((index) => (times[index]! - times[index - 1]!) / (retryAfter * 1000)));
    }
    figure(
      'N1',
      `Retry-After of 1 and 3 s: waited ${waits.map((part) => `${Math.round(part * 100)} %`).join(', ')} of it`,
    );
    expect(Math.min(...waits)).toBeGreaterThanOrEqual(1);
    expect(Math.max(...waits)).toBeLessThan(1.5);
  });

  test('a write whose answer is lost is known as ours', async () => {
    const lost = new Set<string>();
    const loseOnce: Choose = (_, line) => {
      if (!isWrite(line) || lost.has(line)) return undefined;
      lost.add(line);
      return 'lose-answer';
    };
    await destroy(app.target);
    const made = await through(loseOnce, (target) => deploy(target, [orders]));
    expect(made.error).toBeUndefined();
    expect(changed(await app.target.plan([orders]))).toEqual({});
    const removed = await through(loseOnce, (target) => destroy(target));
    expect(removed.error).toBeUndefined();
    expect(await leftovers()).toEqual([]);
    expect([...lost].some((line) => line.startsWith('POST') && line.includes('/leases'))).toBe(true);
    figure('N2', `${lost.size} writes whose first answer was lost, all recognised`);
    expect(lost.size).toBeGreaterThan(12);
  });

  test('credentials that run out are asked for once more; a refusal is never repeated', async () => {
    await kubectl(['create', 'serviceaccount', 'deployer', '-n', app.namespace]);
    const role = ['--clusterrole=admin', `--serviceaccount=${app.namespace}:deployer`];
    await kubectl(['create', 'rolebinding', 'deployer', '-n', app.namespace, ...role]);
    const as = `--as=system:serviceaccount:${app.namespace}:deployer`;
    const may = () =>
      kubectl(['auth', 'can-i', 'patch', 'deployments.apps', '-n', app.namespace, as]).catch(String);
    await expect.poll(may, { timeout: 30_000 }).toMatch(/^yes/);
    const token = () =>
      kubectl(['create', 'token', 'deployer', '-n', app.namespace]).then((text) => text.trim());
    const [first, second] = [await token(), await token()];
    expect(first).not.toBe(second);
    const plugin = join(app.folder, 'plugin');
    const count = join(app.folder, 'plugin-count');
    const apiVersion = 'client.authentication.k8s.io/v1';
    const credential = (text: string) =>
      JSON.stringify({
        apiVersion,
        kind: 'ExecCredential',
        status: { token: text, expirationTimestamp: '2099-01-01T00:00:00Z' },
      });
    const script = `#!/bin/sh\necho >> ${count}\nif [ $(wc -l < ${count}) -lt 2 ]; then echo '${credential(first)}'; else echo '${credential(second)}'; fi\n`;
    await writeFile(plugin, script);
    await chmod(plugin, 0o755);
    const user = { exec: { apiVersion, command: plugin, interactiveMode: 'Never' } };
    const calls = async () => (await readFile(count, 'utf8')).split('\n').length - 1;

    const runOut = refusal(401, 'Unauthorized', 'Unauthorized');
    const renewed = await through(
      (number, _, authorization) => (number > 25 && authorization.endsWith(first) ? runOut : undefined),
      (target) => deploy(target, [orders]),
      user,
    );
    expect(renewed.error).toBeUndefined();
    expect(await calls()).toBe(2);

    await writeFile(count, '');
    const refused = await through(
      (number) => (number > 10 ? runOut : undefined),
      (target) => destroy(target),
      user,
    );
    expect(refused.error).toMatchObject({ code: 'E_AUTH', exit: 'auth' });
    expect(await calls()).toBe(2);

    const forbidden = refusal(
      403,
      'Forbidden',
      'configmaps "x" is forbidden: User "u" cannot patch resource "configmaps" in API group "" in the namespace "n"',
    );
    const other = await wanted('other');
    const denied = await through(
      (_, line) => (isApply(line) ? forbidden : undefined),
      (target) => deploy(target, [other]),
    );
    expect(denied.error).toMatchObject({ code: 'E_FORBIDDEN', exit: 'auth' });
    expect(denied.at.filter(({ line }) => isApply(line))).toHaveLength(1);
    await destroy(app.target);
  });

  test('a part of the API that is down concerns nobody else, and is named', async () => {
    const withStale = (body: string) => {
      const document = JSON.parse(body);
      const versions = [{ version: 'v1', freshness: 'Stale' }];
      return JSON.stringify({
        ...document,
        items: [...document.items, { metadata: { name: 'down.example.com' }, versions }],
      });
    };
    const absent: Choose = (_, line) => {
      if (line === 'GET /apis') return { rewrite: withStale };
      return line.includes('/apis/down.example.com')
        ? refusal(503, 'ServiceUnavailable', 'the server is unavailable')
        : undefined;
    };
    const made = await through(absent, (target) => deploy(target, [orders]));
    expect(made.done).toMatchObject({
      warnings: ['down.example.com/v1 is not answering: kinds served there are left out'],
    });
    const removed = await through(absent, (target) => destroy(target));
    expect(removed.done?.warnings).toHaveLength(1);
    expect(await leftovers()).toEqual([]);
  });

  test.each([
    [
      'the object changed meanwhile',
      refusal(
        409,
        'Conflict',
        'Operation cannot be fulfilled on configmaps "x": the object has been modified',
      ),
    ],
    [
      'the quota changed meanwhile',
      refusal(
        409,
        'Conflict',
        'Operation cannot be fulfilled on resourcequotas "q": the object has been modified',
      ),
    ],
    [
      'a webhook did not answer',
      refusal(
        500,
        'InternalError',
        'Internal error occurred: failed calling webhook "w.example.com": connection refused',
      ),
    ],
    ['etcd had an election', refusal(500, '', 'etcdserver: leader changed')],
  ])('%s: tried again', async (_name, fault) => {
    let refused = 0;
    const { error, at } = await through(
      (_, line) => (isApply(line) && refused++ < 4 ? fault : undefined),
      async (target) => void (await deploy(target, [await wanted(`again ${Math.random()}`)])),
    );
    expect(error).toBeUndefined();
    expect(at.filter(({ line }) => isApply(line))).toHaveLength(5);
  });

  test('the record of the app is written in spite of it, if nobody else has written it', async () => {
    let refused = 0;
    const modified = refusal(409, 'Conflict', 'Operation cannot be fulfilled on resourcequotas "q"');
    const { error, at } = await through(
      (_, line) => (isRecord(line) && refused++ < 2 ? modified : undefined),
      async (target) => {
        await deploy(target, [await wanted('once')]);
        await deploy(target, [
          await wanted(`twice ${Math.random()}`),
          await app.service('catalog', { image, replicas: 0 }),
        ]);
      },
    );
    expect(error).toBeUndefined();
    expect(at.filter(({ line }) => isRecord(line)).length).toBeGreaterThan(2);
  });

  test('what stays so is told after a few tries; a field of another owner at once', async () => {
    const modified = refusal(409, 'Conflict', 'Operation cannot be fulfilled: the object has been modified');
    const kept = await through(
      (_, line) => (isApply(line) ? modified : undefined),
      async (target) => void (await deploy(target, [await wanted('kept')])),
    );
    expect(kept.error).toMatchObject({ code: 'E_REFUSED', exit: 'conflict' });
    expect(kept.at.filter(({ line }) => isApply(line))).toHaveLength(6);
    const owned = refusal(409, 'Conflict', 'Apply failed with 1 conflict', {
      causes: [
        { reason: 'FieldManagerConflict', message: 'conflict with "someone"', field: '.data.GREETING' },
      ],
    });
    const stopped = await through(
      (_, line) => (isApply(line) ? owned : undefined),
      async (target) => void (await deploy(target, [await wanted('owned')])),
    );
    expect(stopped.error).toMatchObject({ exit: 'conflict' });
    expect(stopped.at.filter(({ line }) => isApply(line))).toHaveLength(1);
    const started = performance.now();
    const webhook = refusal(
      500,
      'InternalError',
      'failed calling webhook "w.example.com": connection refused',
    );
    const failed = await through(
      (_, line) => (isApply(line) ? webhook : undefined),
      async (target) => void (await deploy(target, [await wanted('webhook')], { timeout: 5000 })),
    );
    expect(failed.error).toMatchObject({ exit: 'timeout' });
    expect(performance.now() - started).toBeLessThan(9000);
  });
});

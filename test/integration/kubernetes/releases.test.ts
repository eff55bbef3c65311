import { randomBytes } from 'node:crypto';
import { afterEach, expect, test } from 'vitest';
import type { DesiredService } from '../../../src/targets/target.ts';
import { labSuite } from '../../support/lab.ts';
import { type App, deploy as applied, changed, destroy, openApp, openTarget } from './support/app.ts';
import { everything, kubectl, objectOf } from './support/kubectl.ts';
import { deploy, results, rollback, thrownBy } from './support/releases.ts';

const image =
  'nowhere.invalid/orders@sha256:0000000000000000000000000000000000000000000000000000000000000000';

labSuite('kubernetes target', ['kubeconfig', 'kubectl'], () => {
  let app: App;
  afterEach(() => app.close());

  const map = (name: string, value: string) =>
    `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: ${name}}\ndata: {KEY: ${JSON.stringify(value)}}\n`;
  const maps = (service: string, values: Record<string, string>): Promise<DesiredService> =>
    app.service(service, {
      image,
      files: {
        'a.yaml': Object.entries(values)
          .map(([name, value]) => map(name, value))
          .join('---\n'),
      },
    });
  const values = async (namespace = app.namespace) => {
    const selector = 'cloudnative.dev/service';
    const { items } = JSON.parse(
      await kubectl(['get', 'configmap', '-n', namespace, '-l', selector, '-o', 'json']),
    );
    const entries = (items as { metadata: { name: string }; data: { KEY: string } }[]).map(
      ({ metadata, data }) => [metadata.name, data.KEY] as const,
    );
    return Object.fromEntries(entries);
  };
  const secrets = async () =>
    (await kubectl(['get', 'secrets', '-n', app.namespace, '-o', 'name'])).trim().split('\n').filter(Boolean);

  test('number the deploys of an app that change something, from its first one in a new namespace', async () => {
    app = await openApp({ create: false });
    const first = await deploy(app.target, [await maps('orders', { a: '1' })]);
    expect(first).toMatchObject({ changed: true, release: 1 });
    const before = await everything(app.namespace);
    expect(await deploy(app.target, [await maps('orders', { a: '1' })])).toMatchObject({
      changed: false,
      release: 1,
    });
    expect(await everything(app.namespace)).toEqual(before);
    expect(await deploy(app.target, [await maps('orders', { a: '2', b: '1' })])).toMatchObject({
      release: 2,
    });
    const [second, one] = await app.target.records!.list();
    expect(second).toEqual({
      number: 2,
      at: expect.stringMatching(/^20\d\d-\d\d-\d\dT\d\d:\d\d:\d\dZ$/),
      who: 'ada@laptop',
      cause: { action: 'deploy' },
      result: 'deployed',
      ms: expect.any(Number),
      changes: { create: 1, update: 1, remove: 0, none: 0 },
      services: ['orders'],
      images: [],
    });
    expect(one).toMatchObject({ number: 1, result: 'deployed', changes: { create: 2 } });
  });

  test('are refused when a newer program wrote one, or one is damaged', async () => {
    app = await openApp();
    await deploy(app.target, [await maps('orders', { a: '1' })]);
    await deploy(app.target, [await maps('orders', { a: '2' })]);
    const parts = (await secrets()).filter((name) => /release\.1\.\w+\.1$/.test(name));
    expect(parts).toHaveLength(1);
    await kubectl(['delete', '-n', app.namespace, parts[0]!]);
    expect(await thrownBy(rollback(app.target))).toMatchObject({
      code: 'E_RELEASE_DAMAGED',
      exit: 'notFound',
      message: 'release 1 is damaged',
      why: 'part 1 of 1 is missing',
    });
    // What does not need it goes on.
    expect(await deploy(app.target, [await maps('orders', { a: '3' })])).toMatchObject({ release: 3 });
    expect(await rollback(app.target, 2)).toMatchObject({ to: 2, release: 4 });
    expect(await values()).toEqual({ a: '2' });

    const head = Buffer.from(JSON.stringify({ format: 2, number: 5, secret: 'canary' })).toString('base64');
    const name = 'secret/cloudnative.shop.staging.release.4';
    await kubectl(['patch', '-n', app.namespace, name, '-p', JSON.stringify({ data: { release: head } })]);
    const refusal = await thrownBy(deploy(app.target, [await maps('orders', { a: '4' })]));
    expect(refusal).toMatchObject({ code: 'E_RELEASE_VERSION', exit: 'notFound' });
    expect(JSON.stringify(refusal)).not.toContain('canary');
    expect(await values()).toEqual({ a: '2' });
  });

  test('hold of other services what the live one gave them', async () => {
    app = await openApp();
    await deploy(app.target, [await maps('orders', { o: '1' }), await maps('catalog', { c: '1' })]);
    await deploy(app.target, [await maps('orders', { o: '2' })]);
    await deploy(app.target, [await maps('catalog', { c: '2' })]);
    await deploy(app.target, [await maps('orders', { o: '3' })]);
    await rollback(app.target, 2);
    expect(await values()).toEqual({ o: '2', c: '1' });
    await rollback(app.target, 3);
    expect(await values()).toEqual({ o: '2', c: '2' });
    const [latest] = await app.target.records!.list();
    expect(latest).toMatchObject({ number: 6, cause: { action: 'rollback', to: 3 }, services: ['catalog'] });
  });

  test('are 10, with numbers that never come twice; the live one stays whatever its age', async () => {
    app = await openApp();
    await deploy(app.target, [await maps('orders', { a: '0' })]);
    for (let turn = 1; turn <= 11; turn++)
      await deploy(app.target, [await maps('orders', { a: String(turn) })]);
    const numbers = async () => (await app.target.records!.list()).map(({ number }) => number);
    expect(await numbers()).toEqual([12, 11, 10, 9, 8, 7, 6, 5, 4, 3]);
    expect(await secrets()).toHaveLength(20);
    expect(await thrownBy(rollback(app.target, 2))).toMatchObject({
      code: 'E_NO_RELEASE',
      exit: 'notFound',
      message: 'there is no release 2',
      why: 'kept are 12, 11, 10, 9, 8, 7, 6, 5, 4, 3',
    });

    const failing = { ...app.target, verdict: async () => ({ readiness: 'failed', reason: 'no' }) as const };
    for (let turn = 0; turn < 11; turn++)
      await thrownBy(deploy(failing, [await maps('orders', { a: `failing-${turn}` })]));
    expect(await results(app.target)).toEqual([
      ...Array.from({ length: 10 }, (_, index) => `${23 - index} failed`),
      '12 deployed',
    ]);
    await rollback(app.target);
    expect(await values()).toEqual({ a: '11' });
  }, 120_000);

  test('go as high as need be: several megabytes of manifests, in parts', async () => {
    app = await openApp();
    const large = Object.fromEntries(
      Array.from({ length: 6 }, (_, index) => [`large-${index}`, randomBytes(450_000).toString('base64')]),
    );
    await deploy(app.target, [await maps('orders', large)]);
    const parts = (await secrets()).filter((name) => /release\.1\.\w+\.\d+$/.test(name));
    expect(parts.length).toBeGreaterThanOrEqual(5);
    await deploy(app.target, [await maps('orders', { ...large, 'large-3': 'small' })]);
    await rollback(app.target, 1);
    expect(await values()).toEqual(large);
  }, 60_000);

  test('end with the app, and nothing of them stays', async () => {
    app = await openApp();
    const neighbour = openTarget(app.namespace, { scope: { app: 'shop', environment: 'live' } });
    await deploy(neighbour, [await maps('stock', { s: '1' })]);
    const before = [...(await everything(app.namespace)).keys()].sort();
    await deploy(app.target, [await maps('orders', { a: '1' })]);
    await deploy(app.target, [await maps('orders', { a: '2' })]);
    await destroy(app.target);
    expect([...(await everything(app.namespace)).keys()].sort()).toEqual(before);
    expect(await results(app.target)).toEqual([]);
    expect(await results(neighbour)).toEqual(['1 deployed']);
    await neighbour.close();
  });

  test('are numbered by one run at a time', async () => {
    app = await openApp();
    await deploy(app.target, [await maps('orders', { a: '0' })]);
    const targets = Array.from({ length: 6 }, () => openTarget(app.namespace));
    const services = await Promise.all(
      targets.map((_, index) => maps(`one-${index}`, { [`m${index}`]: '1' })),
    );
    const runs = await Promise.all(
      targets.map((target, index) =>
        deploy(target, [services[index]!]).then(
          ({ release }) => release,
          (error) => error.explanation?.code ?? error,
        ),
      ),
    );
    for (const target of targets) await target.close();
    const won = runs.filter((run) => typeof run === 'number');
    expect(runs.filter((run) => typeof run !== 'number')).toEqual(Array(6 - won.length).fill('E_LOCKED'));
    expect(won.length).toBeGreaterThan(0);
    expect(won.sort()).toEqual(won.map((_, index) => index + 2));
    expect(await results(app.target)).toEqual(
      Array.from({ length: won.length + 1 }, (_, index) => `${won.length + 1 - index} deployed`),
    );
  });

  test('do not take the Secret of someone else for their own', async () => {
    app = await openApp();
    await kubectl(['create', 'secret', 'generic', 'cloudnative.shop.staging.release.1', '-n', app.namespace]);
    const refusal = await thrownBy(deploy(app.target, [await maps('orders', { a: '1' })]));
    expect(refusal).toMatchObject({
      code: 'E_CONFLICT',
      exit: 'conflict',
      where: expect.stringContaining('release.1'),
    });
    expect(await values()).toEqual({});
    expect(
      (await objectOf(app.namespace, 'secret/cloudnative.shop.staging.release.1')).metadata.labels,
    ).toBeUndefined();
    expect(changed(await applied(app.target, [await maps('orders', { a: '1' })]))).toEqual({
      'ConfigMap/a': 'create',
    });
  });
});

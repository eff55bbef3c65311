import { randomBytes } from 'node:crypto';
import { cp, mkdtemp, readFile, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { cli, cliJson, cliOk } from '../support/cli.ts';
import { lab } from '../support/lab.ts';
import { eventually, startPrometheus } from '../support/prometheus.ts';

/** What differs between the places in which the same story is told. */
export interface Place {
  environment: string;
  /** Environment block of cloudnative.yaml, e.g. `{target: docker}`; `registry` for the workspace. */
  settings: object;
  registry?: string;
  env: Record<string, string>;
  /** Instances of each service. */
  replicas: number;
  scrapeFlags: string[];
  /** Base address of a service's public port. */
  address: (service: string, shop: string) => Promise<string>;
  /** Names of everything of this kind that is there; compared before and after. */
  inventory: (shop: string) => Promise<string[]>;
  /** The place itself knows what runs, whichever folder asks. */
  shared: boolean;
  /** Labels that Prometheus must have discovered for every target. */
  discovered: string[];
}

const names = ['catalog', 'orders', 'stock'];

// Several tests use one engine at the same time: each has an app of its own.
export const app = `shop-${randomBytes(3).toString('hex')}`;

/** Workspace `shop`: orders (TypeScript) calls stock (Python), which calls catalog (Go). New, deploy, call, scrape, deploy again, logs, destroy. */
export function shopStory(place: Place): void {
  const calls = 7;
  let home: string;
  let shop: string;
  let before: string[];
  const inShop = () => ({ cwd: shop, env: { ...place.env, HOME: home } });
  const onPlace = (command: string, ...flags: string[]) => [command, '-e', place.environment, ...flags];

  beforeAll(async () => {
    home = await realpath(await mkdtemp(join(tmpdir(), 'cloudnative-shop-')));
    shop = join(home, 'shop');
    await cliOk(['init', 'shop', '--name', app], { cwd: home, env: { HOME: home } });
    await cliOk(['new', 'catalog', '--lang', 'go'], inShop());
    await cliOk(['new', 'stock', '--lang', 'python', '--calls', 'catalog'], inShop());
    await cliOk(['new', 'orders', '--lang', 'ts', '--calls', 'stock'], inShop());
    await addEnvironment(shop, place);
    before = await place.inventory(shop);
  });

  afterAll(async () => {
    if (shop) await cli(onPlace('destroy', '--yes'), inShop());
    if (home) await rm(home, { recursive: true, force: true });
  });

  it('plans without touching anything, and says so with exit code 10', async () => {
    const planned = await cli(onPlace('plan'), inShop());
    expect(planned.stderr).toBe('');
    expect(planned.stdout).toMatch(/to create/);
    expect(planned.stdout).toMatch(/will be built/);
    expect(planned.code).toBe(10);
    expect(await place.inventory(shop)).toEqual(before);
  });

  it('deploys all services', async () => {
    const { stderr } = await cliOk(onPlace('deploy', '--yes'), inShop());
    expect(stderr).toMatch(/catalog\s+built/);
    expect(stderr).toMatch(/shop-\w+ is live on .*3 services/);
    const status = await cliJson<{ services: { service: string; ready: number; wanted: number }[] }>(
      onPlace('status'),
      inShop(),
    );
    expect(status.services.map(({ service, ready, wanted }) => [service, ready, wanted])).toEqual(
      names.map((name) => [name, place.replicas, place.replicas]),
    );
  });

  it('counts every call at all services, in a real Prometheus that finds and watches exactly them', async () => {
    const { stdout: config } = await cliOk(
      ['scrape-config', '-e', place.environment, '--check', ...place.scrapeFlags],
      {
        ...inShop(),
        env: { ...inShop().env, PROMTOOL: lab.promtool! },
      },
    );
    const { stdout: rules } = await cliOk(onPlace('rules'), inShop());
    const prometheus = await startPrometheus(lab.prometheus!, config, rules);
    try {
      const up = await eventually(
        () => prometheus.query('up == 1'),
        (samples) => samples.length === names.length * place.replicas,
        60_000,
      );
      expect(up.map(({ metric }) => metric.service).sort()).toEqual(
        names.flatMap((name) => Array(place.replicas).fill(name)),
      );
      for (const { metric } of up) {
        expect(metric).toMatchObject({ env: place.environment });
        expect(Object.keys(metric)).toEqual(expect.arrayContaining(['namespace', 'pod', 'service', 'env']));
      }
      for (const target of await prometheus.targets())
        expect(Object.keys(target.discoveredLabels)).toEqual(expect.arrayContaining(place.discovered));

      const orders = await place.address('orders', shop);
      for (let call = 0; call < calls; call++) await createItem(orders);
      const counted = await eventually(
        () => prometheus.query('sum by (service) (items_created_total)'),
        (samples) => samples.length === names.length && samples.every(({ value }) => value >= calls),
      );
      expect(counted.map(({ metric, value }) => [metric.service, value]).sort()).toEqual(
        names.map((name) => [name, calls]),
      );

      const recorded = await eventually(
        () => prometheus.query('service:http_requests:rate5m'),
        (samples) => samples.length === names.length,
      );
      expect(recorded.map(({ metric }) => metric.service).sort()).toEqual(names);
      expect(await prometheus.query('ALERTS{alertname="ServiceAbsent"}')).toEqual([]);
    } finally {
      await prometheus.stop();
    }
  });

  it('shows the call in the logs of all', async () => {
    const { stdout } = await cliOk(onPlace('logs', '--tail', '1000'), inShop());
    const lines = stdout.split('\n').filter((line) => line.includes('"request"') && line.includes('POST'));
    const ids = (service: string) =>
      lines
        .filter((line) => line.startsWith(service))
        .map((line) => /"request_id":"([^"]+)"/.exec(line)?.[1])
        .sort();
    expect(ids('orders')).toHaveLength(calls);
    for (const called of ['stock', 'catalog']) expect(ids(called)).toEqual(ids('orders'));
  });

  it('changes nothing at the second deploy, and says so', async () => {
    const running = await place.inventory(shop);
    const { stderr } = await cliOk(onPlace('deploy'), inShop());
    expect(stderr).toMatch(/Nothing to do/);
    expect((await cli(onPlace('plan'), inShop())).code).toBe(0);
    expect(await place.inventory(shop)).toEqual(running);
  });

  const another = async () => {
    const running = await place.inventory(shop);
    const clone = join(home, 'clone');
    const skipped = /\/(node_modules|dist|bin|\.venv|\.git|process|builds)$/;
    await cp(shop, clone, { recursive: true, filter: (path) => !skipped.test(path) });
    const { stderr } = await cliOk(onPlace('deploy'), { ...inShop(), cwd: clone });
    expect(stderr).toMatch(/Nothing to do/);
    expect(await place.inventory(shop)).toEqual(running);
  };
  if (place.shared) it('changes nothing from another clone either', another);

  it('leaves nothing after destroy', async () => {
    await cliOk(onPlace('destroy', '--yes'), inShop());
    expect(
      await eventually(
        () => place.inventory(shop),
        (now) => now.length <= before.length,
      ),
    ).toEqual(before);
    const { stderr } = await cliOk(onPlace('destroy'), inShop());
    expect(stderr).toMatch(/Nothing to do/);
  });
}

async function addEnvironment(shop: string, { environment, settings, registry }: Place): Promise<void> {
  const file = join(shop, 'cloudnative.yaml');
  const text = await readFile(file, 'utf8');
  // JSON is YAML; `init` writes the environments as a block mapping.
  const added = text.includes(`\n  ${environment}:`)
    ? text.replace(new RegExp(`\n  ${environment}:.*`), `\n  ${environment}: ${JSON.stringify(settings)}`)
    : text.replace('environments:\n', `environments:\n  ${environment}: ${JSON.stringify(settings)}\n`);
  await writeFile(file, registry ? `${added.trimEnd()}\nregistry: ${registry}\n` : added);
}

async function createItem(address: string): Promise<void> {
  const response = await fetch(`${address}/v1/items`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ name: 'tea', quantity: 2 }),
  });
  expect(response.status).toBe(201);
  expect(await response.json()).toMatchObject({ recordedBy: ['stock'] });
}

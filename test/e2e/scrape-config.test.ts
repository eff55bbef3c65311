import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { cli, cliJson, cliOk } from '../support/cli.ts';
import { tinyService } from '../support/tiny-service.ts';

let home: string;
let shop: { cwd: string; env: Record<string, string> };
beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'cloudnative-scrape-'));
  shop = { cwd: join(home, 'shop'), env: { HOME: home } };
  await cliOk(['init', 'shop'], { cwd: home, env: shop.env });
  for (const name of ['catalog', 'orders']) await tinyService(join(shop.cwd, 'services'), name);
  await cliOk(['deploy'], shop);
});
afterAll(async () => {
  await cli(['destroy'], shop);
  await rm(home, { recursive: true, force: true });
});

it('explains what Prometheus would scrape here, all of it or one service', async () => {
  const { stdout } = await cliOk(['scrape-config', '--explain'], shop);
  expect(stdout).toMatch(
    /^job shop-local: 2 of 2 processes become targets\n {2}✓ catalog-\d+ +http:\/\/127\.0\.0\.1:\d+\/metrics\n {6}env="local" instance="127\.0\.0\.1:\d+" job="shop-local" namespace="shop" pod="catalog-\d+" service="catalog"\n/,
  );
  const one = await cliJson<{ jobs: { groups: { service: string; targets: { url: string }[] }[] }[] }>(
    ['scrape-config', '--explain', 'orders'],
    shop,
  );
  expect(one.jobs[0]!.groups.map(({ service }) => service)).toEqual(['orders']);
  const metrics = await fetch(one.jobs[0]!.groups[0]!.targets[0]!.url);
  expect(await metrics.text()).toBe('tiny_up 1\n');
});

it('offers the nearest name where there is no such thing', async () => {
  const { code, stderr } = await cli(['scrape-config', '--explain', 'order'], shop);
  expect(stderr).toMatch(
    /there is no pod, container, process or service "order"[\s\S]*did you mean "orders"\?/,
  );
  expect(code).toBe(4);
});

it('gives the targets of now as a file', async () => {
  const { stdout } = await cliOk(['scrape-config', 'orders', '--format', 'file-sd'], shop);
  expect(JSON.parse(stdout)).toEqual([
    {
      targets: [expect.stringMatching(/^127\.0\.0\.1:\d+$/)],
      labels: {
        namespace: 'shop',
        pod: expect.stringMatching(/^orders-\d+$/),
        service: 'orders',
        env: 'local',
      },
    },
  ]);
});

it('gives the jobs alone', async () => {
  const whole = (await cliOk(['scrape-config'], shop)).stdout;
  const { stdout } = await cliOk(['scrape-config', '--fragment'], shop);
  expect(stdout).toMatch(/^scrape_configs:\n {2}- job_name: shop-local\n/);
  expect(whole).toBe(`global:\n  scrape_interval: 15s\n  scrape_timeout: 10s\n${stdout}`);
});

it.each([
  [['--explain', '--rbac'], /--explain and --rbac exclude each other/],
  [['--format', 'podmonitor'], /--format podmonitor is for Kubernetes; local is on process/],
  [['--format', 'openmetrics'], /prometheus, file-sd, podmonitor/],
  [['--fragment', '--format', 'file-sd'], /exclude each other/],
  [['--service-account', 'a/b'], /goes with --rbac/],
  [['--app', 'blog'], /--app goes with --manifests/],
])('refuses %j as a mistake of the command line', async (flags, message) => {
  const { code, stdout, stderr } = await cli(['scrape-config', ...flags], shop);
  expect(stderr).toMatch(message);
  expect(stdout).toBe('');
  expect(code).toBe(2);
});

import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { cli, cliOk } from '../support/cli.ts';
import { expressionsOf } from '../support/rule-expressions.ts';
import { tinyService } from '../support/tiny-service.ts';

let home: string;
let shop: string;
beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'cloudnative-monitoring-'));
});
afterAll(() => rm(home, { recursive: true, force: true }));
beforeEach(async () => {
  shop = await mkdtemp(join(home, 'shop-'));
  const orders = await tinyService(join(shop, 'services'), 'orders', {
    more: 'objectives: {availability: 99.5, latency: p95 250ms}\ncalls: [catalog]\n',
  });
  const catalog = await tinyService(join(shop, 'services'), 'catalog');
  for (const [folder, name] of [
    [orders, 'orders'],
    [catalog, 'catalog'],
  ] as const) {
    await mkdir(join(folder, 'deploy/kubernetes'), { recursive: true });
    await writeFile(join(folder, 'deploy/kubernetes/deployment.yaml'), deployment(name));
  }
  await writeFile(
    join(shop, 'cloudnative.yaml'),
    'version: 1\nname: shop\nservices: [services/*]\nenvironments:\n  local: {target: process}\n  staging: {target: kubernetes, context: none, namespace: shop-staging}\n',
  );
});

describe('rules', () => {
  it('are printed for all services, by what their files say, and need nothing that runs', async () => {
    const { stdout } = await cliOk(['rules'], { cwd: shop });
    expect(stdout).toMatch(/^# catalog: availability 99\.9% \(by default;/m);
    expect(stdout).toMatch(/^# orders: availability 99\.5%, latency p95 250ms, memory limit none known/m);
    const rules = expressionsOf(stdout);
    expect(new Set(rules.map(({ labels }) => `${labels.namespace} ${labels.service} ${labels.env}`))).toEqual(
      new Set(['shop catalog local', 'shop orders local']),
    );
    expect(rules.find(({ alert }) => alert === 'HttpLatencyHigh')?.expr).toMatch(/p99_5m.* > 0\.5$/);
  });

  it('take the memory limit and the namespace of an environment from what is deployed there', async () => {
    const { stdout } = await cliOk(['rules', 'orders', '-e', 'staging'], { cwd: shop });
    const memory = expressionsOf(stdout).filter(({ alert }) => alert === 'ServiceMemoryHigh');
    expect(memory.map(({ expr }) => expr)).toEqual([
      'process_resident_memory_bytes{namespace="shop-staging", service="orders", env="staging"} > 0.9 * 67108864',
    ]);
  });

  it('are written with tests and a runbook for each service, to which their links lead', async () => {
    const { stdout, stderr } = await cliOk(['rules', '--out', 'monitoring/rules'], { cwd: shop });
    expect(stdout).toBe('');
    expect(stderr).toContain('monitoring/rules/runbooks/orders.md');
    const out = join(shop, 'monitoring/rules');
    expect((await readdir(out)).sort()).toEqual(['rules.yml', 'rules_test.yml', 'runbooks']);
    const alerts = expressionsOf(await readFile(join(out, 'rules.yml'), 'utf8')).filter(({ alert }) => alert);
    expect(alerts.length).toBeGreaterThan(10);
    for (const { annotations } of alerts) {
      const [page, anchor] = annotations!.runbook_url!.split('#');
      const headings = (await readFile(join(out, page!), 'utf8')).match(/^## .*$/gm)!;
      expect(headings.map((heading) => heading.slice(3).toLowerCase())).toContain(anchor);
    }
  });

  it.each(['local', 'staging'])(
    'name in the runbooks of %s only commands that there are',
    async (environment) => {
      await cliOk(['rules', '-e', environment, '--out', 'out'], { cwd: shop });
      const pages = await Promise.all(
        ['orders', 'catalog'].map((name) => readFile(join(shop, `out/runbooks/${name}.md`), 'utf8')),
      );
      const named = new Set(pages.join('\n').match(/(?<=`cloudnative )[^`]+/g));
      expect(named.size).toBeGreaterThan(6);
      // Nothing runs in the one place, and there is no cluster of the other, so that all of them end soon.
      for (const command of named) {
        const { stderr } = await cli(command.replace(/^deploy/, 'plan').split(' '), { cwd: shop });
        expect(stderr).not.toMatch(/too many arguments|unknown (option|command)|missing required/);
      }
    },
    120_000,
  );

  it('link to where the runbooks are served', async () => {
    const { stdout } = await cliOk(['rules', 'orders', '--runbooks', 'https://wiki.example.com/r/{{x}}/'], {
      cwd: shop,
    });
    expect(expressionsOf(stdout).at(-1)?.annotations?.runbook_url).toBe(
      'https://wiki.example.com/r/%7B%7Bx%7D%7D/orders.md#serviceversionskew',
    );
    for (const address of ['wiki', 'javascript:x', 'https://a/?b', 'https://u:p@a/'])
      expect(await cli(['rules', '--runbooks', address], { cwd: shop })).toMatchObject({
        code: 2,
        stdout: '',
      });
  });

  it('are made anew over what was made before, and over nothing else', async () => {
    const out = join(shop, 'rules');
    await cliOk(['rules', '--out', 'rules'], { cwd: shop });
    await cliOk(['rules', 'orders', '--out', 'rules'], { cwd: shop });
    expect(await readFile(join(out, 'rules.yml'), 'utf8')).not.toContain('catalog:');
    await writeFile(join(out, 'runbooks/orders.md'), '# Mine\n');
    await rm(join(out, 'rules.yml'));
    const { code, stderr } = await cli(['rules', '--out', 'rules'], { cwd: shop });
    expect(stderr).toMatch(/E_EXISTS[\s\S]*runbooks\/orders\.md/);
    expect(code).toBe(5);
    expect(await readFile(join(out, 'runbooks/orders.md'), 'utf8')).toBe('# Mine\n');
    expect(existsSync(join(out, 'rules.yml'))).toBe(false);
  });
});

describe('dashboards', () => {
  it('are printed for one service and written for several', async () => {
    const { stdout } = await cliOk(['dashboards', 'orders'], { cwd: shop });
    expect(JSON.parse(stdout)).toMatchObject({ title: 'shop / orders' });
    await cliOk(['dashboards', '--out', 'dashboards'], { cwd: shop });
    const files = (await readdir(join(shop, 'dashboards'))).sort();
    expect(files).toEqual(['catalog.json', 'orders.json']);
    expect(await readFile(join(shop, 'dashboards/orders.json'), 'utf8')).toBe(stdout);
    expect(stdout).toContain('namespace=~\\"shop|shop-staging\\"');
  });

  it('that do not fit into one document are refused with the way out', async () => {
    const { code, stdout, stderr } = await cli(['dashboards'], { cwd: shop });
    expect(stderr).toMatch(/2 dashboards[\s\S]*cloudnative dashboards --out/);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  });

  it('do not overwrite what somebody else made', async () => {
    await mkdir(join(shop, 'dashboards'));
    await writeFile(join(shop, 'dashboards/orders.json'), '{"title": "Mine"}');
    expect(await cli(['dashboards', '--out', 'dashboards'], { cwd: shop })).toMatchObject({ code: 5 });
    expect(await readdir(join(shop, 'dashboards'))).toEqual(['orders.json']);
  });
});

function deployment(name: string): string {
  return `apiVersion: apps/v1
kind: Deployment
metadata: {name: ${name}}
spec:
  selector: {matchLabels: {app: ${name}}}
  template:
    metadata: {labels: {app: ${name}}}
    spec:
      containers:
        - name: ${name}
          image: ${name}
          resources: {limits: {memory: 64Mi}}
`;
}

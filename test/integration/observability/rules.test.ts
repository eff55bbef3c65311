import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { rulesFiles } from '../../../src/actions/rules.ts';
import { stringifyYaml } from '../../../src/core/yaml.ts';
import type { Deployed } from '../../../src/observability/capabilities/capability.ts';
import { targetOf } from '../../../src/observability/objectives.ts';
import { lab, labSuite } from '../../support/lab.ts';
import { deployedService, hostileTexts } from '../../unit/observability/services.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cloudnative-rules-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const orders = deployedService();
const three = [
  deployedService({ service: 'catalog', target: targetOf({ availability: 99.999 }) }),
  deployedService({
    language: 'ts',
    calls: ['catalog', 'stock'],
    target: targetOf({ availability: 95, latency: { percentile: 50, seconds: 9.999 } }),
  }),
  deployedService({
    service: 'stock',
    memoryLimit: undefined,
    target: targetOf({ latency: { percentile: 95, seconds: 0.005 } }),
  }),
];

labSuite('rules', ['promtool'], () => {
  it.each<[string, Deployed[]]>([
    ['one service', [orders]],
    ['three services of other objectives', three],
  ])('fire and resolve as promised, for %s', async (name, services) => {
    const place = await written(name, services);
    const checked = await promtool('check', 'rules', join(place, 'rules.yml'));
    expect(checked).toMatchObject({ code: 0, output: expect.stringMatching(/SUCCESS: \d+ rules found/) });
    expect(checked.output).not.toMatch(/duplicate|lint/i);
    expect(await tested(place)).toMatchObject({ code: 0, output: expect.stringMatching(/SUCCESS/) });
  });

  it('hold for names of any characters', async () => {
    const named = hostileTexts.map((service, index) =>
      deployedService({
        service: service.replaceAll('/', ''),
        namespace: hostileTexts.at(index - 1)!,
        environment: hostileTexts.at(index - 2)!,
      }),
    );
    const place = await written('hostile', named, 'rules.yml');
    expect(await promtool('check', 'rules', join(place, 'rules.yml'))).toMatchObject({ code: 0 });
    const [quotes, braces] = named;
    for (const service of [quotes!, braces!])
      expect(await tested(await written('hostile', [service], 'rules'))).toMatchObject({ code: 0 });
  });

  describe('have tests that fail', () => {
    const at = 'namespace="shop", service="orders", env="staging"';
    it.each<[string, string, (rules: string) => string]>([
      [
        'without the zero for a service that never failed',
        'healthy services',
        without(/^ +or\n +0 \* .*\n/gm),
      ],
      ['when no traffic gives no number', 'services without traffic', without(/ > 0\)$/gm, ')')],
      ['when another namespace counts', 'trouble of others', without(/namespace="shop", /g)],
      ['when another service counts', 'trouble of others', without(/service="orders", /g)],
      ['when another environment counts', 'trouble of others', without(/, env="staging"/g)],
      ['when a fast burn is too slow to tell', 'HttpErrorBudgetFastBurn', without(/> 14\.4/g, '> 1440')],
      ['when a slow burn tells of a fast one', 'HttpErrorBudgetSlowBurn', without(/> 14\.4/g, '> 6')],
      ['when a slow burn is too slow to tell', 'HttpErrorBudgetSlowBurn', without(/> 6 /g, '> 12 ')],
      [
        'when a burn never resolves',
        'HttpErrorBudgetSlowBurn',
        without(/(and\n.*)ratio_rate30m/g, '$1ratio_rate6h'),
      ],
      ['when latency is never too high', 'HttpLatencyHigh', without(/> 0\.5$/gm, '> 11')],
      ['when a target may be down for long', 'ServiceTargetDown', without(/( == 0\n +for: )5m/g, '$130m')],
      ['when absence is another name', 'ServiceAbsent', without(`absent(up{${at}})`, `absent(ups{${at}})`)],
      ['when restarts are not seen', 'ServiceRestarts', without(/> 2$/gm, '> 200')],
      ['when memory may be full', 'ServiceMemoryHigh', without('> 0.9 *', '> 0.99 *')],
      ['when two versions are nothing', 'ServiceVersionSkew', without(/\)\) > 1$/gm, ')) > 2')],
    ])('%s', async (name, story, change) => {
      const rules = rulesFiles([orders])[0]!.text;
      expect(change(rules)).not.toBe(rules);
      const place = await written(name, [orders]);
      await writeFile(join(place, 'rules.yml'), change(rules));
      expect(await tested(place, `--run=^${story}$`)).toMatchObject({
        code: 1,
        output: expect.stringMatching(/got:|same labelset/),
      });
    });
  });

  it('tell what a tired person needs', async () => {
    const place = await written('told', [orders]);
    const stories = parse(rulesFiles([orders])[1]!.text) as { tests: Story[] };
    const tests = stories.tests.flatMap(({ promql_expr_test, ...story }) => {
      const expected = told[story.name];
      if (!expected) return [];
      const { severity, labels, ...annotations } = expected;
      const runbook_url = `runbooks/orders.md#${story.name.toLowerCase()}`;
      const alert = {
        exp_labels: { severity, namespace: 'shop', service: 'orders', env: 'staging', ...labels },
        exp_annotations: { ...annotations, runbook_url },
      };
      const { eval_time } = promql_expr_test[1]!;
      return [{ ...story, alert_rule_test: [{ alertname: story.name, eval_time, exp_alerts: [alert] }] }];
    });
    expect(tests).toHaveLength(8);
    await writeFile(join(place, 'rules_test.yml'), stringifyYaml({ ...stories, tests }));
    expect(await tested(place)).toMatchObject({ code: 0, output: expect.stringMatching(/SUCCESS/) });
  });
});

interface Story {
  name: string;
  promql_expr_test: { eval_time: string }[];
}

interface Told {
  severity: string;
  labels?: object;
  summary: string;
  description: string;
}

const instance = { pod: 'one', instance: 'one:9100' };
const told: Record<string, Told> = {
  HttpErrorBudgetFastBurn: {
    severity: 'critical',
    summary: 'orders on staging fails 100% of its requests',
    description:
      'In the last 1h 100% of requests failed; the objective of 99.9% allows 0.1%. At this rate the budget of 30 days is gone in 43m 12s. Requests per second: 1k. Most failures: /v1/items.',
  },
  HttpErrorBudgetSlowBurn: {
    severity: 'warning',
    summary: 'orders on staging fails 1% of its requests',
    description:
      'In the last 6h 1% of requests failed; the objective of 99.9% allows 0.1%. At this rate the budget of 30 days is gone in 3d 0h 0m 0s. Requests per second: 1k. Most failures: /v1/items.',
  },
  HttpLatencyHigh: {
    severity: 'warning',
    summary: 'orders on staging is slow: p99 is 10s',
    description:
      '1% of requests take longer than 10s; the objective is p99 500ms. Requests per second: 1k. Slowest: /v1/items.',
  },
  ServiceTargetDown: {
    severity: 'critical',
    labels: instance,
    summary: 'one of orders on staging gives no metrics',
    description:
      'Prometheus has not reached one:9100 for 5 minutes. Instances that can be reached: none of 1.',
  },
  ServiceAbsent: {
    severity: 'critical',
    summary: 'orders on staging has no instance',
    description:
      'For 5 minutes Prometheus has found no instance of orders in shop. No other alert of the service can fire.',
  },
  ServiceRestarts: {
    severity: 'warning',
    labels: instance,
    summary: 'one of orders on staging restarts again and again',
    description: 'It was started anew 15 times in 30 minutes. Each time the requests in flight may be lost.',
  },
  ServiceMemoryHigh: {
    severity: 'warning',
    labels: instance,
    summary: 'one of orders on staging is near its memory limit',
    description: 'It uses 243.2MiB of 256MiB. At the limit it is killed and started anew.',
  },
  ServiceVersionSkew: {
    severity: 'warning',
    summary: 'orders on staging runs 2 versions',
    description: 'For an hour 2 versions have run side by side: 1 of 1.0.0 (abc), 1 of 1.1.0 (abc).',
  },
};

/** The rules without some text, or with another in its place. */
function without(what: string | RegExp, instead = ''): (rules: string) => string {
  return (rules) => rules.replace(what, instead);
}

/** A folder of its own with the files for these services; only those that begin like `only`. */
async function written(name: string, services: readonly Deployed[], only = ''): Promise<string> {
  const place = await mkdtemp(join(folder, `${name.replaceAll(' ', '-')}-`));
  for (const { path, text } of rulesFiles(services).filter((file) => file.path.startsWith(only))) {
    await mkdir(dirname(join(place, path)), { recursive: true });
    await writeFile(join(place, path), text);
  }
  return place;
}

const tested = (place: string, ...flags: string[]) =>
  promtool('test', 'rules', ...flags, join(place, 'rules_test.yml'));

function promtool(...args: string[]): Promise<{ code: number; output: string }> {
  return new Promise((resolve) => {
    execFile(lab.promtool!, args, (error, stdout, stderr) =>
      resolve({ code: error ? Number(error.code) : 0, output: stdout + stderr }),
    );
  });
}

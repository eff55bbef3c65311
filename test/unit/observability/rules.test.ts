import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { program } from '../../../src/cli/program.ts';
import { createUi } from '../../../src/cli/ui/ui.ts';
import { targetOf } from '../../../src/observability/objectives.ts';
import { alertsOf, anchorOf, ruleFile } from '../../../src/observability/rules/rule-file.ts';
import { ruleTests } from '../../../src/observability/rules/rule-tests.ts';
import { runbook } from '../../../src/observability/rules/runbook.ts';
import { expressionsOf } from '../../support/rule-expressions.ts';
import { deployedService, hostileTexts } from './services.ts';

const burnOf = (availability: number) => {
  const rules = expressionsOf(
    ruleFile([deployedService({ target: targetOf({ availability }) })], 'runbooks'),
  );
  return rules.find(({ alert }) => alert === 'HttpErrorBudgetFastBurn')!.expr;
};

describe('rules', () => {
  it('are recordings by the names of the contract, then alerts', () => {
    const rules = expressionsOf(ruleFile([deployedService()], 'runbooks'));
    expect(rules.map(({ record, alert }) => record ?? alert)).toEqual([
      'service:http_requests:rate5m',
      'service:http_errors:ratio_rate5m',
      'service:http_errors:ratio_rate30m',
      'service:http_errors:ratio_rate1h',
      'service:http_errors:ratio_rate6h',
      'service:http_latency_seconds:p50_5m',
      'service:http_latency_seconds:p95_5m',
      'service:http_latency_seconds:p99_5m',
      'HttpErrorBudgetFastBurn',
      'HttpErrorBudgetSlowBurn',
      'HttpLatencyHigh',
      'ServiceTargetDown',
      'ServiceAbsent',
      'ServiceRestarts',
      'ServiceMemoryHigh',
      'ServiceVersionSkew',
    ]);
  });

  it.each([
    [99.9, '0.001'],
    [99.95, '0.0005'],
    [99.999, '0.00001'],
    [95, '0.05'],
  ])('alert at 14.4 times what %d %% allows', (availability, budget) => {
    expect(burnOf(availability).match(/> 14\.4 \* (\S+)/g)).toEqual(Array(2).fill(`> 14.4 * ${budget}`));
  });

  it('know a memory limit or have no alert about it', () => {
    const names = alertsOf(deployedService({ memoryLimit: undefined })).map(({ alert }) => alert);
    expect(names).not.toContain('ServiceMemoryHigh');
  });

  it('say what they hold each service to, and what of it nobody chose', () => {
    const target = targetOf({ availability: 99.5 });
    const text = ruleFile([deployedService({ target })], 'runbooks');
    expect(text).toMatch(
      /^# orders: availability 99\.5%, latency p99 500ms \(by default; objectives in service\.yaml set it\), memory limit 268435456 bytes/m,
    );
  });

  it('link each alert to a heading of a page that is made', () => {
    const service = deployedService();
    const headings = [...runbook(service).matchAll(/^## (.*)$/gm)].map(([, title]) => title!.toLowerCase());
    expect(headings).toEqual(alertsOf(service).map(anchorOf));
    for (const { alert, annotations } of expressionsOf(ruleFile([service], 'runbooks')))
      if (alert)
        expect(annotations?.runbook_url).toBe(
          `runbooks/orders.md#${headings.find((one) => one === alert.toLowerCase())}`,
        );
  });

  it('have runbooks with commands that there are', () => {
    const cli = program({
      ui: createUi({ json: false }),
      signal: new AbortController().signal,
      endWith: () => undefined,
    });
    for (const place of ['kubernetes', 'docker'] as const) {
      const page = runbook(deployedService({ place, calls: ['catalog'] }));
      const commands = [...page.matchAll(/`cloudnative ([^`]+)`/g)].map(([, line]) => line!.split(' '));
      expect(commands.length).toBeGreaterThan(10);
      for (const [name, ...words] of commands) {
        const command = cli.commands.find((one) => one.name() === name);
        const flags = command?.options.flatMap(({ long, short }) => [long, short]);
        expect([name, words.filter((word) => word.startsWith('-') && !flags?.includes(word))]).toEqual([
          name,
          [],
        ]);
      }
      expect(page.includes('cloudnative rollback')).toBe(place === 'kubernetes');
    }
  });

  it('are the same bytes each time', () => {
    const services = () => [deployedService(), deployedService({ service: 'catalog', language: 'ts' })];
    expect(ruleFile(services(), 'runbooks')).toBe(ruleFile(services(), 'runbooks'));
    expect(ruleTests(services(), 'rules.yml')).toBe(ruleTests(services(), 'rules.yml'));
  });

  it('keep any name a value: as labels, in the tests, and out of comments', () => {
    const text = fc.oneof(fc.constantFrom(...hostileTexts), fc.string({ unit: 'grapheme', minLength: 1 }));
    fc.assert(
      fc.property(text, text, text, (service, namespace, environment) => {
        const named = deployedService({ service, namespace, environment });
        const rules = ruleFile([named], 'runbooks');
        for (const { record, labels } of expressionsOf(rules))
          if (record) expect(labels).toEqual({ namespace, service, env: environment });
        const { tests } = parse(ruleTests([named], 'rules.yml')) as { tests: object[] };
        expect(tests).toHaveLength(11);
        const comments = rules.slice(0, rules.indexOf('\ngroups:'));
        expect(comments.split(/[\n\r\u0085\u2028\u2029]/).filter((line) => !line.startsWith('# '))).toEqual(
          [],
        );
      }),
      // Reading this much YAML takes a while.
      { numRuns: 25 },
    );
  });
});

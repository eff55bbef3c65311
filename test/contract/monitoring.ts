import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { stringifyYaml } from '../../src/core/yaml.ts';
import { capabilitiesOf } from '../../src/observability/capabilities/all.ts';
import type { Deployed } from '../../src/observability/capabilities/capability.ts';
import { dashboard } from '../../src/observability/dashboards/dashboard.ts';
import type { Metric } from '../../src/observability/metrics.ts';
import { targetOf } from '../../src/observability/objectives.ts';
import { ruleFile } from '../../src/observability/rules/rule-file.ts';
import { scrapeConfig } from '../../src/observability/scrape-config.ts';
import { queriesOf } from '../support/dashboard-queries.ts';
import { lab, labSuite } from '../support/lab.ts';
import { eventually, startPrometheus } from '../support/prometheus.ts';
import { namesIn } from '../support/promql-names.ts';
import { expressionsOf } from '../support/rule-expressions.ts';
import type { Built } from './harness/build.ts';
import { parseExposition } from './harness/exposition.ts';
import { createItem, send } from './harness/http.ts';
import { stageForSuite } from './harness/stage.ts';

/** Everything that rules and dashboards name is there, and they tell what happens. */
export function monitoringTests(built: () => Built, calls: readonly string[]): void {
  describe('monitoring', () => {
    const stage = stageForSuite(built, { settings: { SERVICE_VERSION: '1.2.3', SERVICE_REVISION: 'abc' } });
    const serve = async () => {
      const { url } = stage().service;
      for (let index = 0; index < 20; index++) await createItem(url, { name: 'lamp', quantity: 1 });
      await send(`${url}/v1/items/none`);
    };

    it('names metrics with the type and labels that the service exports, and leaves none out', async () => {
      await serve();
      const named = metricsOf(deployed(built(), calls));
      const seen = parseExposition((await send(`${stage().service.adminUrl}/metrics`)).text);
      for (const { name, type, labels } of named) {
        const family = seen.get(name);
        expect([name, family?.type]).toEqual([name, type]);
        const found = family!.samples.flatMap((sample) => Object.keys(sample.labels));
        expect([name, [...new Set(found)].filter((label) => label !== 'le').sort()]).toEqual([
          name,
          [...labels].sort(),
        ]);
      }
      const ofTheRuntime = /^(process|go|nodejs|python|promhttp)_/;
      const ofTheBusiness = /^item(s|_)/;
      const others = [...seen.keys()].filter((name) => !ofTheRuntime.test(name) && !ofTheBusiness.test(name));
      expect(others.sort()).toEqual(
        named
          .map(({ name }) => name)
          .filter((name) => !ofTheRuntime.test(name))
          .sort(),
      );
    });

    labSuite('monitoring', ['prometheus'], () => {
      let prometheus: Awaited<ReturnType<typeof startPrometheus>>;
      let rules: string;
      beforeAll(async () => {
        const service = deployed(built(), calls);
        rules = ruleFile([service], 'https://example.com/runbooks');
        const { port } = new URL(stage().service.adminUrl);
        const instances = [{ service: service.service, host: '127.0.0.1', adminPort: Number(port) }];
        const scope = { app: service.app, environment: service.environment, services: [service.service] };
        const config = stringifyYaml(scrapeConfig(scope, { kind: 'process', instances }));
        prometheus = await startPrometheus(
          lab.prometheus!,
          config,
          rules.replace(/for: \d+[mh]$/gm, 'for: 1s'),
        );
        await eventually(
          () => prometheus.query('changes(up[1m])'),
          ([sample]) => sample !== undefined,
        );
      });
      afterAll(() => prometheus?.stop());

      it('uses no metric and no label in an expression but those', async () => {
        const service = deployed(built(), calls);
        const known = new Map(metricsOf(service, 'with up').flatMap(seriesOf));
        for (const { record } of expressionsOf(rules)) if (record) known.set(record, new Set(placeLabels));
        const expressions = [...expressionsOf(rules), ...queriesOf(dashboardOf(service))];
        for (const { expr } of expressions) {
          const { selectors, grouping } = namesIn(await prometheus.parse(expr));
          expect(selectors.length).toBeGreaterThan(0);
          for (const { name, labels } of selectors) {
            expect([...known.keys()]).toContain(name);
            expect(labels.filter((label) => !known.get(name)!.has(label))).toEqual([]);
          }
          const grouped = new Set(selectors.flatMap(({ name }) => [...known.get(name)!]));
          expect(grouping.filter((label) => !grouped.has(label))).toEqual([]);
        }
      });

      it('has values for all that it records, and none of an alert', async () => {
        const records = expressionsOf(rules).flatMap(({ record }) => record ?? []);
        expect(records).toHaveLength(8);
        for (const record of records) {
          const [sample] = await eventually(
            async () => {
              await serve();
              return prometheus.query(record);
            },
            // A rate is 0 until two scrapes have seen requests come.
            ([first]) => first !== undefined && (record.includes('errors') || first.value > 0),
          );
          expect(sample?.metric).toEqual({
            __name__: record,
            namespace: 'shop',
            service: 'order-desk',
            env: 'local',
          });
          if (record.includes('errors')) expect(sample?.value).toBe(0);
        }
        expect(await prometheus.alerts()).toEqual([]);
      });

      it('has data for every panel of the dashboard', async () => {
        const queries = queriesOf(dashboardOf(deployed(built(), calls)));
        expect(queries.length).toBeGreaterThan(20);
        for (const { title, expr } of queries) {
          const samples = await eventually(
            async () => {
              await serve();
              return prometheus.query(expr);
            },
            ([first]) => first !== undefined,
          ).catch((error: Error) => expect.fail(`${title}: ${error.message}\n${expr}`));
          expect(samples.length).toBeGreaterThan(0);
        }
      });

      it('tells when the service is gone', async () => {
        stage().service.signal('SIGKILL');
        const [alert] = await eventually(
          async () => (await prometheus.alerts()).filter(({ state }) => state === 'firing'),
          (alerts) => alerts.length > 0,
        );
        expect(alert).toMatchObject({
          labels: {
            alertname: 'ServiceTargetDown',
            severity: 'critical',
            service: 'order-desk',
            env: 'local',
          },
          annotations: {
            summary: expect.stringMatching(/^order-desk-\d+ of order-desk on local gives no metrics$/),
            description: expect.stringMatching(/Instances that can be reached: none of 1\.$/),
            runbook_url: 'https://example.com/runbooks/order-desk.md#servicetargetdown',
          },
        });
      });
    });
  });
}

const placeLabels = ['namespace', 'service', 'env', 'pod'];

function deployed({ language }: Built, calls: readonly string[]): Deployed {
  return {
    app: 'shop',
    environment: 'local',
    namespace: 'shop',
    service: 'order-desk',
    language,
    calls,
    // No judgement of this machine's speed.
    target: targetOf({ latency: { percentile: 99, seconds: 9 } }),
    memoryLimit: 2 ** 30,
    place: 'process',
  };
}

function dashboardOf(service: Deployed): object {
  return dashboard(service, [{ environment: service.environment, namespace: service.namespace }]);
}

/** `up` is not the service's own. */
function metricsOf(service: Deployed, up?: 'with up'): Metric[] {
  const metrics = capabilitiesOf(service).flatMap((capability) => capability.metrics);
  return metrics.filter(({ name }) => up || name !== 'up');
}

/** The series of a metric, each with all labels that it may have. */
function seriesOf({ name, type, labels }: Metric): [string, Set<string>][] {
  const all = [...placeLabels, ...labels];
  if (type === 'gauge' || type === 'counter') return [[name, new Set(all)]];
  return [
    [`${name}_count`, new Set(all)],
    [`${name}_sum`, new Set(all)],
    type === 'histogram' ? [`${name}_bucket`, new Set([...all, 'le'])] : [name, new Set(all)],
  ];
}

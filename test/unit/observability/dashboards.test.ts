import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Monitored } from '../../../src/observability/capabilities/capability.ts';
import { dashboard } from '../../../src/observability/dashboards/dashboard.ts';
import { targetOf } from '../../../src/observability/objectives.ts';
import { deployedService, hostileTexts } from './services.ts';

interface Panel {
  id: number;
  type: string;
  title: string;
  description?: string;
  gridPos: { x: number; y: number; w: number; h: number };
  datasource?: object;
  fieldConfig?: { defaults: { unit: string } };
  targets?: { refId: string; datasource: object; expr: string }[];
}

interface Dashboard {
  uid: string;
  title: string;
  panels: Panel[];
  templating: {
    list: { name: string; type: string; query: unknown; definition?: string; datasource?: object }[];
  };
  annotations: { list: { datasource: object; expr: string }[] };
}

const places = [
  { environment: 'local', namespace: 'shop' },
  { environment: 'staging', namespace: 'shop-staging' },
];
const made = (different: Partial<Monitored> = {}) =>
  dashboard(deployedService(different), places) as Dashboard;
const all: [string, Dashboard][] = [
  ['go', made()],
  ['ts that calls others', made({ language: 'ts', calls: ['catalog'] })],
  ['python', made({ language: 'python' })],
  ['a language of which nothing more is known', made({ language: undefined })],
];
const datasource = { type: 'prometheus', uid: '$datasource' };

describe.each(all)('the dashboard of a service in %s', (_, { panels, templating, annotations }) => {
  const charts = panels.filter(({ type }) => type !== 'row');

  it('has panels of kinds that Grafana 11 to 13 have, each with title, description, unit and a query', () => {
    for (const { type, title, description, fieldConfig, targets } of charts) {
      expect(['timeseries', 'stat', 'heatmap', 'table']).toContain(type);
      expect([title, description, fieldConfig?.defaults.unit]).toEqual(
        Array(3).fill(expect.stringMatching(/\S/)),
      );
      expect(new Set(targets!.map(({ refId }) => refId)).size).toBe(targets!.length);
      expect(targets!.length).toBeGreaterThan(0);
    }
    expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length);
    expect(new Set(charts.map(({ title }) => title)).size).toBe(charts.length);
  });

  it('has no panel over another or beside the grid, and none in the row of another heading', () => {
    const cells = panels.flatMap(({ gridPos: { x, y, w, h } }) => {
      expect(x).toBeGreaterThanOrEqual(0);
      expect(x + w).toBeLessThanOrEqual(24);
      return Array.from({ length: w * h }, (_, cell) => `${x + (cell % w)},${y + Math.floor(cell / w)}`);
    });
    expect(new Set(cells).size).toBe(cells.length);
    expect(panels.map(({ gridPos }) => gridPos.y)).toEqual(
      panels.map(({ gridPos }) => gridPos.y).toSorted((one, other) => one - other),
    );
  });

  it('asks the chosen Prometheus for the chosen service only', () => {
    const sources = [
      ...charts.map((panel) => panel.datasource),
      ...charts.flatMap(({ targets }) => targets!.map((target) => target.datasource)),
      ...annotations.list.map((annotation) => annotation.datasource),
      ...templating.list.filter(({ type }) => type === 'query').map((variable) => variable.datasource),
    ];
    expect(sources).toEqual(Array(sources.length).fill(datasource));
    const queries = [...charts.flatMap(({ targets }) => targets!), ...annotations.list];
    for (const { expr } of queries) {
      const selectors = [...expr.matchAll(/\w\{/g)].length;
      const exact = 'namespace="$namespace", service="$service", env="$env"';
      expect(expr.split(exact).length - 1).toBe(selectors);
    }
  });

  it('lets choose datasource, environment and namespace, among those of the workspace', () => {
    expect(templating.list.map(({ name, type }) => [name, type])).toEqual([
      ['datasource', 'datasource'],
      ['service', 'constant'],
      ['env', 'query'],
      ['namespace', 'query'],
    ]);
    for (const { definition } of templating.list.filter(({ type }) => type === 'query'))
      expect(definition).toContain('service="orders", env=~"local|staging", namespace=~"shop|shop-staging"');
  });
});

describe('a dashboard', () => {
  it('has the same bytes each time, and an identity that follows from app and service alone', () => {
    expect(JSON.stringify(made())).toBe(JSON.stringify(made()));
    expect(made().uid).toMatch(/^[a-zA-Z0-9_-]{1,40}$/);
    expect(made({ target: targetOf({ availability: 99 }), language: 'ts' }).uid).toBe(made().uid);
    const others = [
      made({ service: 'catalog' }),
      made({ app: 'shop-orders' }),
      made({ app: 'orders', service: 'shop' }),
    ];
    expect(new Set([made(), ...others].map(({ uid }) => uid)).size).toBe(4);
  });

  it('draws the objectives', () => {
    const target = targetOf({ availability: 99.5, latency: { percentile: 95, seconds: 0.25 } });
    const text = JSON.stringify(made({ target }));
    expect(text).toContain('"value":0.005');
    expect(text).toContain('"value":0.25');
    expect(text).toContain('Latency, p95');
  });

  it('shows what the language has, and calls only where there are any', () => {
    const titles = (one: Partial<Monitored>) => made(one).panels.map(({ title }) => title);
    expect(titles({ language: 'go' })).toContain('Goroutines');
    expect(titles({ language: 'ts' })).not.toContain('Goroutines');
    expect(titles({ language: 'ts' })).toContain('Event loop lag, p99');
    expect(titles({ language: 'python' })).toContain('Tasks');
    expect(titles({ calls: [] })).not.toContain('Calls');
    expect(titles({ calls: ['catalog'] })).toContain('Failed calls by service');
  });

  it('keeps any name a value', () => {
    const text = fc.oneof(fc.constantFrom(...hostileTexts), fc.string({ unit: 'grapheme', minLength: 1 }));
    fc.assert(
      fc.property(text, (service) => {
        const [, variable, env] = made({ service }).templating.list;
        expect(variable!.query).toBe(service);
        expect(env!.definition).toContain(`service=${JSON.stringify(service)}, env`);
      }),
    );
  });
});

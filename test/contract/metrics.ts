import { describe, expect, it, vi } from 'vitest';
import type { Built } from './harness/build.ts';
import { type Exposition, parseExposition, sumOf } from './harness/exposition.ts';
import { createItem, send } from './harness/http.ts';
import type { Service } from './harness/service.ts';
import { stageForSuite, stageForTest } from './harness/stage.ts';

const durations = ['0.005', '0.01', '0.025', '0.05', '0.1', '0.25', '0.5', '1', '2.5', '5', '10', '+Inf'];
const quantities = ['1', '2', '5', '10', '20', '50', '100', '200', '500', '1000', '+Inf'];
const requests = 'http_server_request_duration_seconds';
const calls = 'http_client_request_duration_seconds';

/** Name, type, labels, and buckets of a histogram. */
const families: [string, string, string[], string[]?][] = [
  [requests, 'histogram', ['http_request_method', 'http_response_status_code', 'http_route'], durations],
  [calls, 'histogram', ['http_request_method', 'http_response_status_code', 'server_address'], durations],
  ['http_server_active_requests', 'gauge', []],
  ['items_created_total', 'counter', []],
  ['item_quantity', 'histogram', [], quantities],
  ['build_info', 'gauge', ['name', 'revision', 'runtime', 'version']],
];

export function metricsTests(built: () => Built): void {
  describe('metrics', () => {
    const stage = stageForSuite(built, { settings: { SERVICE_VERSION: '1.2.3', SERVICE_REVISION: 'abc' } });

    it('come in the text format of Prometheus', async () => {
      const answer = await send(`${stage().service.adminUrl}/metrics`);
      expect(answer.status).toBe(200);
      expect(answer.headers['content-type']).toMatch(/^text\/plain; version=0\.0\.4(; charset=utf-8)?(;|$)/);
    });

    it.each(families)('have %s, a %s', async (name, type, labels, buckets) => {
      await createItem(stage().service.url, { name: 'lamp', quantity: 7 });
      const family = await vi.waitFor(async () => {
        const found = (await scrape(stage().service)).get(name);
        if (!found?.samples.length) throw new Error(`${name} is missing`);
        return found;
      });
      expect(family.type).toBe(type);
      expect(family.help).toMatch(/\S/);
      for (const sample of family.samples) {
        const { le, ...others } = sample.labels;
        expect(Object.keys(others).sort()).toEqual(labels);
        expect(le !== undefined).toBe(sample.name === `${name}_bucket`);
      }
      const bounds = family.samples.filter((sample) => sample.labels.le).map((sample) => sample.labels.le);
      expect([...new Set(bounds)]).toEqual(buckets ?? []);
    });

    it('count every request and every item exactly', async () => {
      const { service } = await stageForTest(built());
      const { url } = service;
      const accepted = [1, 2, 3, 20, 1000];
      for (const quantity of accepted) await createItem(url, { name: 'lamp', quantity });
      await Promise.all([0, 1001, 'x'].map((quantity) => createItem(url, { name: 'lamp', quantity })));
      const { items } = (await send(`${url}/v1/items`)).json();
      for (const id of [items[0].id, items[1].id, 'none']) await send(`${url}/v1/items/${id}`);
      for (const path of ['/none', '/nothing/at/all', '/metrics']) await send(`${url}${path}`);
      for (const path of ['/livez', '/readyz', '/health', '/version']) await send(`${url}${path}`);

      await vi.waitFor(async () => {
        const seen = await scrape(service);
        expect(countsOf(seen)).toEqual({
          'POST /v1/items 201': 5,
          'POST /v1/items 400': 3,
          'GET /v1/items 200': 1,
          'GET /v1/items/{id} 200': 2,
          'GET /v1/items/{id} 404': 1,
          'GET unmatched 404': 3,
        });
        expect(sumOf(seen, 'items_created_total')).toBe(5);
        expect(sumOf(seen, 'item_quantity_count')).toBe(5);
        expect(sumOf(seen, 'item_quantity_sum')).toBe(1026);
        expect(sumOf(seen, 'item_quantity_bucket', { le: '5' })).toBe(3);
        expect(sumOf(seen, 'http_server_active_requests')).toBe(0);
        for (const peer of ['catalog', 'stock-room']) {
          const labels = {
            http_request_method: 'POST',
            server_address: peer,
            http_response_status_code: '201',
          };
          expect(sumOf(seen, `${calls}_count`, labels)).toBe(5);
        }
      });
    });

    it('have histograms that add up', async () => {
      const { url } = stage().service;
      await createItem(url, { name: 'lamp', quantity: 1 });
      const seen = await scrape(stage().service);
      for (const name of [requests, calls, 'item_quantity']) {
        const total = sumOf(seen, `${name}_count`);
        expect(total).toBeGreaterThan(0);
        expect(sumOf(seen, `${name}_bucket`, { le: '+Inf' })).toBe(total);
        const buckets = name === 'item_quantity' ? quantities : durations;
        const values = buckets.map((le) => sumOf(seen, `${name}_bucket`, { le }));
        expect(values).toEqual(values.toSorted((one, other) => one - other));
      }
    });

    it('count a request in progress', async () => {
      const release: (() => void)[] = [];
      const { service } = await stageForTest(built(), {
        answer: (response) => release.push(() => response.writeHead(201).end()),
      });
      const answer = createItem(service.url, { name: 'lamp', quantity: 1 });
      await vi.waitFor(async () => {
        expect(release).toHaveLength(1);
        expect(sumOf(await scrape(service), 'http_server_active_requests')).toBe(1);
      });
      release[0]?.();
      await vi.waitFor(() => expect(release).toHaveLength(2));
      release[1]?.();
      expect((await answer).status).toBe(201);
    });

    it('tell the build and the runtime', async () => {
      const seen = await scrape(stage().service);
      const version = (await send(`${stage().service.url}/version`)).json();
      expect(seen.get('build_info')?.samples).toEqual([
        {
          name: 'build_info',
          labels: { name: 'order-desk', version: '1.2.3', revision: 'abc', runtime: version.runtime },
          value: 1,
        },
      ]);
      const names = [...seen.keys()];
      expect(names).toContain('process_cpu_seconds_total');
      expect(names).toContain('process_resident_memory_bytes');
      const own = { ts: 'nodejs_', go: 'go_', python: 'python_' }[built().language];
      expect(names.filter((name) => name.startsWith(own)).length).toBeGreaterThan(5);
    });
  });
}

async function scrape({ adminUrl }: Service): Promise<Exposition> {
  return parseExposition((await send(`${adminUrl}/metrics`)).text);
}

/** How often each method, route and status was counted. */
function countsOf(seen: Exposition): Record<string, number> {
  const samples = seen.get(requests)?.samples.filter((sample) => sample.name === `${requests}_count`) ?? [];
  return Object.fromEntries(
    samples.map(({ labels, value }) => [
      `${labels.http_request_method} ${labels.http_route} ${labels.http_response_status_code}`,
      value,
    ]),
  );
}

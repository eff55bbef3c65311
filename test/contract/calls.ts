import { describe, expect, it, vi } from 'vitest';
import type { Built } from './harness/build.ts';
import { type CalleeAnswer, created } from './harness/callee.ts';
import { parseExposition, sumOf } from './harness/exposition.ts';
import { createItem, send } from './harness/http.ts';
import { freePorts } from './harness/service.ts';
import { type Stage, stageForTest } from './harness/stage.ts';
import { expectProblem } from './problems.ts';

const item = { name: 'lamp', quantity: 2 };

/** What the second called service does, and the status that is counted for it. In logs `error` is 0: one field, one type. */
const failures: [string, string, CalleeAnswer][] = [
  ['answers 500', '500', (response) => response.writeHead(500).end('internal secret')],
  ['refuses', '404', (response) => response.writeHead(404).end()],
  ['points elsewhere', '307', (response) => response.writeHead(307, { location: '/catalog/v1/items' }).end()],
  ['hangs up', 'error', (response) => response.destroy()],
  ['never answers', 'error', () => {}],
];

export function callTests(built: () => Built): void {
  describe('calls', () => {
    it('record the item with every called service, in order', async () => {
      const { service, callee } = await stageForTest(built());
      const answer = await createItem(service.url, item);
      expect(answer.json().recordedBy).toEqual(['catalog', 'stock-room']);
      expect(callee.received.map(({ method, path }) => `${method} ${path}`)).toEqual([
        'POST /catalog/v1/items',
        'POST /stock-room/v1/items',
      ]);
      for (const { headers, body } of callee.received) {
        expect(JSON.parse(body)).toEqual(item);
        expect(headers['content-type']).toMatch(/^application\/json\b/);
        expect(headers['x-request-id']).toBe(answer.headers['x-request-id']);
        expect(headers.traceparent).toMatch(/^00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$/);
      }
    });

    it.each(failures)('fail with 502 and store nothing when a service %s', async (_, status, answer) => {
      const stage = await stageForTest(built(), {
        settings: { CALL_TIMEOUT: '300ms' },
        answer: (response, path) =>
          path.startsWith('/catalog') ? created(response) : answer(response, path),
      });
      const refused = await createItem(stage.service.url, item);
      expectProblem(refused, 502, '/v1/items');
      expect(refused.text).not.toMatch(/127\.0\.0\.1|secret|ECONN|stack/);
      expect(stage.callee.received.map(({ path }) => path)).toEqual([
        '/catalog/v1/items',
        '/stock-room/v1/items',
      ]);
      await expectFailedCall(stage, 'stock-room', status);
    });

    it('fail with 502 when nothing listens, and ask nobody else', async () => {
      const [closed] = await freePorts(1);
      const stage = await stageForTest(built(), { settings: { CATALOG_URL: `http://127.0.0.1:${closed}` } });
      expectProblem(await createItem(stage.service.url, item), 502, '/v1/items');
      expect(stage.callee.received).toEqual([]);
      await expectFailedCall(stage, 'catalog', 'error');
    });

    it('are not made for an item that is not valid', async () => {
      const { service, callee } = await stageForTest(built());
      expect((await createItem(service.url, { ...item, quantity: 0 })).status).toBe(400);
      expect(callee.received).toEqual([]);
    });
  });
}

async function expectFailedCall({ service }: Stage, peer: string, status: string): Promise<void> {
  expect((await send(`${service.url}/v1/items`)).json()).toEqual({ items: [] });
  await vi.waitFor(async () => {
    const seen = parseExposition((await send(`${service.adminUrl}/metrics`)).text);
    const labels = { server_address: peer, http_response_status_code: status };
    expect(sumOf(seen, 'http_client_request_duration_seconds_count', labels)).toBe(1);
    expect(sumOf(seen, 'items_created_total')).toBe(0);
    expect(sumOf(seen, 'item_quantity_count')).toBe(0);
    const refused = { http_route: '/v1/items', http_response_status_code: '502' };
    expect(sumOf(seen, 'http_server_request_duration_seconds_count', refused)).toBe(1);
  });
  const line = await service.line((line) => line.msg === 'call' && line.peer === peer);
  expect(line.status).toBe(status === 'error' ? 0 : Number(status));
}

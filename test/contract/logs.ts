import { describe, expect, it } from 'vitest';
import type { Built } from './harness/build.ts';
import { createItem, send } from './harness/http.ts';
import { stageForSuite, stageForTest } from './harness/stage.ts';

const traceId = '4bf92f3577b34da6a3ce929d0e0e4736';
const traceparent = `00-${traceId}-00f067aa0ba902b7-01`;

export function logTests(built: () => Built): void {
  describe('logs', () => {
    const stage = stageForSuite(built, { settings: { SERVICE_VERSION: '1.2.3' } });

    it.each([
      ['a list', 'GET', '/v1/items?page=1', '/v1/items', 200],
      ['an unknown item', 'GET', '/v1/items/none', '/v1/items/{id}', 404],
      ['an unknown path', 'GET', '/nothing', 'unmatched', 404],
    ])('have a line for %s', async (_, method, target, route, status) => {
      const id = `request-${route.length}-${status}`;
      await send(`${stage().service.url}${target}`, { method, headers: { 'x-request-id': id, traceparent } });
      const line = await stage().service.line((line) => line.request_id === id && line.msg === 'request');
      expect(line).toMatchObject({
        level: 'info',
        service: 'order-desk',
        version: '1.2.3',
        trace_id: traceId,
        span_id: expect.stringMatching(/^[0-9a-f]{16}$/),
        method,
        route,
        path: target.split('?')[0],
        status,
        duration_ms: expect.any(Number),
      });
      expect(line.duration_ms).toBeGreaterThanOrEqual(0);
      expect(line.duration_ms).toBeLessThan(5000);
      expect(
        stage()
          .service.logs()
          .filter((line) => line.request_id === id),
      ).toHaveLength(1);
    });

    it('have a line for every call', async () => {
      const headers = { 'x-request-id': 'request-with-calls', traceparent };
      await createItem(stage().service.url, { name: 'lamp', quantity: 1 }, { headers });
      await stage().service.line(
        (line) => line.request_id === 'request-with-calls' && line.msg === 'request',
      );
      const calls = stage()
        .service.logs()
        .filter((line) => line.request_id === 'request-with-calls' && line.msg === 'call');
      expect(calls.map((line) => line.peer)).toEqual(['catalog', 'stock-room']);
      for (const line of calls) {
        expect(line).toMatchObject({ status: 201, duration_ms: expect.any(Number), trace_id: traceId });
        expect(line.span_id).toMatch(/^[0-9a-f]{16}$/);
      }
    });

    it('are JSON objects with the same first fields', async () => {
      await send(`${stage().service.url}/v1/items`);
      await stage().service.line((line) => line.msg === 'request');
      for (const line of stage().service.logs()) {
        expect(line).toMatchObject({ service: 'order-desk', version: '1.2.3' });
        expect(line.time).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/);
        expect(['debug', 'info', 'warn', 'error']).toContain(line.level);
        expect(line.msg).toMatch(/\S/);
      }
    });

    it('leave out probes, the version, metrics and the level below', async () => {
      const { service } = await stageForTest(built());
      for (const path of ['/livez', '/readyz', '/health', '/version']) await send(`${service.url}${path}`);
      for (const path of ['/livez', '/readyz', '/version', '/metrics'])
        await send(`${service.adminUrl}${path}`);
      await send(`${service.url}/v1/items`, { headers: { 'x-request-id': 'last' } });
      await service.line((line) => line.request_id === 'last');
      expect(service.logs().filter((line) => line.request_id !== undefined)).toHaveLength(1);

      const quiet = await stageForTest(built(), { settings: { LOG_LEVEL: 'error' } });
      await send(`${quiet.service.url}/v1/items`);
      quiet.service.signal('SIGTERM');
      expect(await quiet.service.exit).toBe(0);
      expect(quiet.service.stdout()).toBe('');
    });

    it('hold no credentials', async () => {
      const { service } = await stageForTest(built(), { settings: { LOG_LEVEL: 'debug' } });
      const headers = {
        authorization: 'Bearer sesame-1',
        cookie: 'session=sesame-2',
        'x-request-id': 'secret',
      };
      await createItem(service.url, { name: 'lamp', quantity: 1 }, { headers });
      await createItem(service.url, { name: 'lamp', quantity: 0 }, { headers });
      await send(`${service.url}/none`, { headers });
      service.signal('SIGTERM');
      expect(await service.exit).toBe(0);
      expect(service.logs().filter((line) => line.msg === 'request')).toHaveLength(3);
      expect(service.stdout() + service.stderr()).not.toContain('sesame');
    });
  });
}

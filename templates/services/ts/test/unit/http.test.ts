import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { InjectOptions } from 'fastify';
import { itemEndpoints } from '../../src/endpoint/items.ts';
import { createHealth } from '../../src/platform/health.ts';
import { createMetrics } from '../../src/platform/metrics.ts';
import { readVersion } from '../../src/platform/version.ts';
import { ItemService, type Recorder } from '../../src/service/items.ts';
import { createHttpApi } from '../../src/transport/http.ts';
import { silentLog } from '../support/context.ts';

function createApi(recorders: Recorder[] = []) {
  const version = readVersion({});
  const metrics = createMetrics(version);
  const health = createHealth();
  const endpoints = itemEndpoints(new ItemService(recorders), metrics);
  return { api: createHttpApi({ endpoints, metrics, health, version, log: silentLog }), health };
}

function post(body: unknown) {
  const payload = typeof body === 'string' ? body : JSON.stringify(body);
  const headers = { 'content-type': 'application/json' };
  return { method: 'POST', url: '/v1/items', payload, headers } as const;
}

describe('HTTP', () => {
  it('creates an item and finds it again', async () => {
    const { api } = createApi();
    const created = await api.inject(post({ name: 'lamp', quantity: 2 }));
    assert.equal(created.statusCode, 201);
    const found = await api.inject(String(created.headers.location));
    assert.deepEqual(found.json(), created.json());
    assert.deepEqual((await api.inject('/v1/items')).json(), { items: [created.json()] });
  });

  it('names every field that is wrong', async () => {
    const { api } = createApi();
    const answer = await api.inject(post({ name: '', quantity: '1', colour: 'red' }));
    assert.equal(answer.statusCode, 400);
    assert.match(String(answer.headers['content-type']), /^application\/problem\+json/);
    const fields = answer.json().errors.map((error: { field: string }) => error.field);
    assert.deepEqual(fields.sort(), ['colour', 'name', 'quantity']);
  });

  const refused: [string, string | InjectOptions, number][] = [
    ['a body that is not JSON', post('{'), 400],
    ['another content type', { ...post('x'), headers: { 'content-type': 'text/plain' } }, 415],
    ['a large body', post(`"${'x'.repeat(64 * 1024)}"`), 413],
    ['an unknown id', '/v1/items/none', 404],
    ['an unknown path', { method: 'POST', url: '/none', payload: 'x' }, 404],
    ['a path that cannot be decoded', '/v1/items/%zz', 400],
    ['a wrong method', { method: 'DELETE', url: '/v1/items' }, 405],
  ];
  const { api } = createApi();
  for (const [name, request, status] of refused) {
    it(`answers ${status} to ${name}`, async () => {
      const answer = await api.inject(request);
      assert.equal(answer.statusCode, status);
      assert.equal(answer.json().status, status);
      assert.match(answer.json().trace_id, /^[0-9a-f]{32}$/);
      assert.ok(answer.headers['x-request-id']);
    });
  }

  it('tells nothing about an error of its own', async () => {
    const failing = { name: 'failing', record: () => Promise.reject(new Error('password=1')) };
    const answer = await createApi([failing]).api.inject(post({ name: 'lamp', quantity: 2 }));
    assert.equal(answer.statusCode, 500);
    assert.ok(!answer.body.includes('password'));
  });

  it('is ready only when told so', async () => {
    const { api, health } = createApi();
    for (const status of ['starting', 'ready', 'draining'] as const) {
      health.status = status;
      const answer = await api.inject('/readyz');
      assert.equal(answer.statusCode, status === 'ready' ? 200 : 503);
      assert.deepEqual(answer.json(), { status });
    }
  });
});

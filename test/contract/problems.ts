import { describe, expect, it } from 'vitest';
import type { Built } from './harness/build.ts';
import { type Answer, createItem, json, send } from './harness/http.ts';
import { stageForSuite } from './harness/stage.ts';

/** Bodies of POST /v1/items and the fields that the problem must name; none for the body as a whole. */
const invalid: [string, unknown, string[]][] = [
  ['no field', {}, ['name', 'quantity']],
  ['no name', { quantity: 1 }, ['name']],
  ['an empty name', { name: '', quantity: 1 }, ['name']],
  ['a name of 101 characters', { name: 'é'.repeat(101), quantity: 1 }, ['name']],
  ['a number as name', { name: 7, quantity: 1 }, ['name']],
  ['null as name', { name: null, quantity: 1 }, ['name']],
  ['no quantity', { name: 'lamp' }, ['quantity']],
  ['a quantity of 0', { name: 'lamp', quantity: 0 }, ['quantity']],
  ['a quantity of 1001', { name: 'lamp', quantity: 1001 }, ['quantity']],
  ['half a quantity', { name: 'lamp', quantity: 1.5 }, ['quantity']],
  ['a huge quantity', { name: 'lamp', quantity: 1e300 }, ['quantity']],
  ['a string as quantity', { name: 'lamp', quantity: '2' }, ['quantity']],
  ['true as quantity', { name: 'lamp', quantity: true }, ['quantity']],
  ['an unknown field', { name: 'lamp', quantity: 1, colour: 'red' }, ['colour']],
  ['a field in capitals', { name: 'lamp', quantity: 1, Name: 'chair' }, ['Name']],
  ['several wrong fields', { name: '', quantity: 0, colour: 'red' }, ['colour', 'name', 'quantity']],
  ['a list', [], []],
  ['null', null, []],
  ['a string', 'lamp', []],
];

const refused: [string, number, { method?: string; path?: string; type?: string; body?: string }][] = [
  ['a body that is not JSON', 400, { body: '{"name":' }],
  ['more than one JSON value', 400, { body: '{"name":"lamp","quantity":1} {}' }],
  ['an empty body', 400, { body: '' }],
  ['a body of plain text', 415, { type: 'text/plain', body: 'lamp' }],
  ['a form', 415, { type: 'application/x-www-form-urlencoded', body: 'name=lamp' }],
  ['an unknown item', 404, { method: 'GET', path: '/v1/items/none' }],
  ['an item with a long id', 404, { method: 'GET', path: `/v1/items/${'x'.repeat(300)}` }],
  ['an unknown path', 404, { method: 'GET', path: '/v2/items?page=1' }],
  ['an unknown path with a body', 404, { path: '/nothing', type: 'text/plain', body: 'lamp' }],
  ['metrics on the public port', 404, { method: 'GET', path: '/metrics' }],
];

export function problemTests(built: () => Built): void {
  describe('problems', () => {
    const stage = stageForSuite(built);
    const url = () => stage().service.url;

    it.each(invalid)('name what is wrong with %s', async (_, item, fields) => {
      const answer = await createItem(url(), item);
      expectProblem(answer, 400, '/v1/items');
      if (fields.length === 0) return;
      for (const error of answer.json().errors) {
        expect(error).toEqual({ field: expect.any(String), message: expect.stringMatching(/\S/) });
      }
      const named = answer.json().errors.map((error: { field: string }) => error.field);
      expect(named.sort()).toEqual(fields);
    });

    it.each(refused)(
      'refuse %s with %i',
      async (_, status, { method = 'POST', path = '/v1/items', type, body }) => {
        const headers: Record<string, string> =
          body === undefined ? {} : { 'content-type': type ?? 'application/json' };
        const answer = await send(`${url()}${path}`, { method, headers, body });
        expectProblem(answer, status, path.split('?')[0] ?? '');
      },
    );

    it('refuse a body without content type with 415', async () => {
      const answer = await send(`${url()}/v1/items`, {
        method: 'POST',
        body: '{"name":"lamp","quantity":1}',
      });
      expectProblem(answer, 415, '/v1/items');
    });

    it.each([
      ['its length', { 'content-length': String(64 * 1024 + 1) }],
      ['chunks', { 'transfer-encoding': 'chunked' }],
    ])('refuse a body over 64 KiB sent with %s', async (_, framing) => {
      const body = JSON.stringify({ name: 'lamp', quantity: 1 }).padEnd(64 * 1024 + 1, ' ');
      const headers = { ...json, ...framing };
      expectProblem(await send(`${url()}/v1/items`, { method: 'POST', headers, body }), 413, '/v1/items');
    });

    it.each([
      ['DELETE', '/v1/items', ['GET', 'POST']],
      ['PUT', '/v1/items/none', ['GET']],
      ['POST', '/version', ['GET']],
    ])('answer 405 to %s %s and say what is allowed', async (method, path, allowed) => {
      const answer = await send(`${url()}${path}`, { method });
      expectProblem(answer, 405, path);
      const named = (answer.headers.allow ?? '').split(/, */);
      expect(named).toEqual(expect.arrayContaining(allowed));
      expect(named).not.toContain(method);
    });

    it('store nothing', async () => {
      const names = (await send(`${url()}/v1/items`)).json().items;
      expect(names).toEqual([]);
      expect(stage().callee.received).toEqual([]);
    });
  });
}

export function expectProblem(answer: Answer, status: number, path: string): void {
  expect(answer.status).toBe(status);
  expect(answer.headers['content-type']).toMatch(/^application\/problem\+json\b/);
  expect(answer.json()).toMatchObject({
    type: 'about:blank',
    title: expect.stringMatching(/\S/),
    status,
    detail: expect.stringMatching(/\S/),
    instance: path,
    trace_id: expect.stringMatching(/^[0-9a-f]{32}$/),
  });
  const known = ['type', 'title', 'status', 'detail', 'instance', 'trace_id', 'errors'];
  expect(known).toEqual(expect.arrayContaining(Object.keys(answer.json())));
}

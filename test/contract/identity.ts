import { describe, expect, it } from 'vitest';
import type { Built } from './harness/build.ts';
import { createItem, json, send } from './harness/http.ts';
import { stageForSuite } from './harness/stage.ts';

const traceId = '4bf92f3577b34da6a3ce929d0e0e4736';
const spanId = '00f067aa0ba902b7';
const requestId = 'Order-7.of_2026';

export function identityTests(built: () => Built): void {
  describe('identity of a request', () => {
    const stage = stageForSuite(built);
    const url = () => stage().service.url;
    const traceOf = async (traceparent: string): Promise<string> =>
      (await send(`${url()}/none`, { headers: { traceparent } })).json().trace_id;

    it.each([
      ['a list', 'GET', '/v1/items'],
      ['a probe', 'GET', '/livez'],
      ['the version', 'GET', '/version'],
      ['an unknown path', 'GET', '/none'],
      ['a wrong method', 'DELETE', '/v1/items'],
      ['an invalid body', 'POST', '/v1/items'],
    ])('is given back by %s', async (_, method, path) => {
      const headers = { ...json, 'x-request-id': requestId };
      const body = method === 'POST' ? '{' : undefined;
      const answer = await send(`${url()}${path}`, { method, headers, body });
      expect(answer.headers['x-request-id']).toBe(requestId);
    });

    it.each(['a', 'x'.repeat(64), '0.9_-Z'])('may be %s', async (id) => {
      const answer = await send(`${url()}/v1/items`, { headers: { 'x-request-id': id } });
      expect(answer.headers['x-request-id']).toBe(id);
    });

    it.each(['', 'x'.repeat(65), 'two words', 'a/b', 'a,b', 'é', '<b>'])(
      'is replaced when it is "%s"',
      async (id) => {
        const answer = await send(`${url()}/v1/items`, { headers: { 'x-request-id': id } });
        expect(answer.headers['x-request-id']).toMatch(/^[A-Za-z0-9._-]{1,64}$/);
        expect(answer.headers['x-request-id']).not.toBe(id);
      },
    );

    it('is new for every request', async () => {
      const answers = await Promise.all(Array.from({ length: 5 }, () => send(`${url()}/v1/items`)));
      expect(new Set(answers.map((answer) => answer.headers['x-request-id'])).size).toBe(5);
    });

    it('continues the trace of the caller', async () => {
      expect(await traceOf(`00-${traceId}-${spanId}-01`)).toBe(traceId);
      expect(await traceOf(`00-${traceId}-${spanId}-00`)).toBe(traceId);
    });

    it.each([
      ['words', 'no trace at all'],
      ['no flags', `00-${traceId}-${spanId}`],
      ['capitals', `00-${traceId.toUpperCase()}-${spanId}-01`],
      ['a trace of zeros', `00-${'0'.repeat(32)}-${spanId}-01`],
      ['a span of zeros', `00-${traceId}-${'0'.repeat(16)}-01`],
      ['version ff', `ff-${traceId}-${spanId}-01`],
      ['more than version 00 has', `00-${traceId}-${spanId}-01-more`],
    ])('starts a trace when traceparent has %s', async (_, traceparent) => {
      const trace = await traceOf(traceparent);
      expect(trace).toMatch(/^[0-9a-f]{32}$/);
      expect(trace).not.toMatch(/^0{32}$/);
      expect(trace).not.toBe(traceId);
    });

    it('reaches the called services', async () => {
      const headers = { 'x-request-id': requestId, traceparent: `00-${traceId}-${spanId}-01` };
      await createItem(url(), { name: 'lamp', quantity: 1 }, { headers });
      const calls = stage().callee.received;
      expect(calls).toHaveLength(2);
      for (const call of calls) {
        expect(call.headers['x-request-id']).toBe(requestId);
        const [version, trace, span, flags] = String(call.headers.traceparent).split('-');
        expect([version, trace, flags]).toEqual(['00', traceId, '01']);
        expect(span).toMatch(/^[0-9a-f]{16}$/);
        expect([spanId, '0'.repeat(16)]).not.toContain(span);
      }
    });
  });
}

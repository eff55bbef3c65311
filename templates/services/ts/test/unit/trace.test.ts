import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { startTrace, traceparent } from '../../src/platform/trace.ts';

const traceId = '0af7651916cd43dd8448eb211c80319c';
const caller = 'b7ad6b7169203331';

describe('trace', () => {
  it('continues a valid trace with a span of its own', () => {
    const trace = startTrace(`00-${traceId}-${caller}-01`);
    assert.equal(trace.traceId, traceId);
    assert.match(trace.spanId, /^[0-9a-f]{16}$/);
    assert.notEqual(trace.spanId, caller);
    assert.equal(traceparent(trace), `00-${traceId}-${trace.spanId}-01`);
  });

  it('continues a trace of a later version', () => {
    assert.equal(startTrace(`cc-${traceId}-${caller}-01-more`).traceId, traceId);
  });

  const invalid = [
    undefined,
    '',
    `ff-${traceId}-${caller}-01`,
    `00-${'0'.repeat(32)}-${caller}-01`,
    `00-${traceId}-${'0'.repeat(16)}-01`,
    `00-${traceId.toUpperCase()}-${caller}-01`,
    `00-${traceId}-${caller}-01-more`,
    `00-${traceId}-${caller}`,
  ];
  for (const header of invalid) {
    it(`starts a trace for ${JSON.stringify(header) ?? 'no header'}`, () => {
      const trace = startTrace(header);
      assert.match(trace.traceId, /^[0-9a-f]{32}$/);
      assert.notEqual(trace.traceId.toLowerCase(), traceId);
    });
  }
});

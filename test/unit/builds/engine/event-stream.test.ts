import { Readable } from 'node:stream';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { type EngineEvent, failureOf, readEvents } from '../../../../src/builds/engine/event-stream.ts';

const read = async (chunks: Uint8Array[]): Promise<EngineEvent[]> => {
  const events: EngineEvent[] = [];
  for await (const event of readEvents(Readable.from(chunks))) events.push(event);
  return events;
};

it('gives the same events however the bytes are cut', async () => {
  const events = [{ stream: 'ä😀\n' }, { aux: { ID: 'sha256:1' } }, { status: 'x'.repeat(300) }];
  const bytes = Buffer.from(`${events.map((event) => JSON.stringify(event)).join('\r\n')}\n`);
  await fc.assert(
    fc.asyncProperty(fc.array(fc.nat(bytes.length), { maxLength: 20 }), async (cuts) => {
      const at = [0, ...cuts.sort((a, b) => a - b), bytes.length];
      expect(await read(at.slice(1).map((end, index) => bytes.subarray(at[index], end)))).toEqual(events);
    }),
  );
});

it('finds a failure in every form, and in a line that was cut', async () => {
  const failures = async (text: string) => (await read([Buffer.from(text)])).map(failureOf).filter(Boolean);
  expect(await failures('{"errorDetail":{"message":"detail"},"error":"short"}')).toEqual(['detail']);
  expect(await failures('{"stream":"x"}\n{"error":"short"}\n')).toEqual(['short']);
  expect(await failures('{"errorDetail":{}}')).toEqual(['it gave no reason']);
  expect(await failures('{"stream":"x"}\n{"stre')).toHaveLength(1);
  expect(await failures('proxy error\n')).toHaveLength(1);
  expect(await failures('{"stream":"error: none"}\n\n')).toEqual([]);
});

import fc from 'fast-check';
import { expect, it } from 'vitest';
import {
  encodeMessage,
  messageReader,
  opcodes,
} from '../../../../src/targets/kubernetes/api/web-socket-frames.ts';

/** A frame as servers send them: without a mask. */
function serverFrame(opcode: number, payload: Uint8Array, final: boolean): Buffer {
  const size = payload.length;
  const header =
    size < 126
      ? Buffer.of(0, size)
      : size < 65_536
        ? Buffer.of(0, 126, size >> 8, size & 255)
        : Buffer.concat([Buffer.of(0, 127, 0, 0, 0, 0), u32(size)]);
  header[0] = (final ? 0x80 : 0) | opcode;
  return Buffer.concat([header, payload]);
}

function u32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}

/** Sizes around the limits of the three forms of a length. */
const payload = fc.oneof(
  fc.uint8Array({ maxLength: 300 }),
  fc.constantFrom(125, 126, 65_535, 65_536, 70_000).map((size) => new Uint8Array(size).fill(7)),
);
const parts = fc.array(payload, { minLength: 1, maxLength: 4 });

it('gives every message once and whole, however it is split into frames and its bytes are cut', () => {
  fc.assert(
    fc.property(
      fc.array(parts, { maxLength: 5 }),
      fc.infiniteStream(fc.integer({ min: 1, max: 40_000 })),
      (all, cuts) => {
        const bytes = Buffer.concat(
          all.flatMap((message) =>
            message.flatMap((part, index) => [
              serverFrame(
                index === 0 ? opcodes.binary : opcodes.continuation,
                part,
                index === message.length - 1,
              ),
              // A ping may come in between.
              ...(index === 0 ? [serverFrame(opcodes.ping, Buffer.of(1), true)] : []),
            ]),
          ),
        );
        const read = messageReader();
        const got = [];
        for (let at = 0; at < bytes.length; ) {
          const next = at + cuts.next().value;
          got.push(
            ...read(bytes.subarray(at, next)).map(({ opcode, payload: text }) => ({
              opcode,
              payload: Buffer.from(text),
            })),
          );
          at = next;
        }
        expect(
          got
            .filter(({ opcode }) => opcode === opcodes.binary)
            .map(({ payload: text }) => text.toString('hex')),
        ).toEqual(all.map((message) => Buffer.concat(message).toString('hex')));
        expect(got.filter(({ opcode }) => opcode === opcodes.ping)).toHaveLength(all.length);
      },
    ),
    { numRuns: 200 },
  );
});

it('writes messages that unmask to what was given', () => {
  fc.assert(
    fc.property(payload, fc.uint8Array({ minLength: 4, maxLength: 4 }), (bytes, mask) => {
      const frame = encodeMessage(opcodes.binary, Buffer.from(bytes), Buffer.from(mask));
      const start = frame.length - bytes.length;
      expect(frame[0]).toBe(0x82);
      expect(frame[1]! & 0x80).toBe(0x80);
      expect(frame.subarray(start - 4, start)).toEqual(Buffer.from(mask));
      const plain = frame.subarray(start).map((byte, index) => byte ^ mask[index % 4]!);
      expect(Buffer.from(plain).equals(Buffer.from(bytes))).toBe(true);
      // With the mask taken off, it is what a server would send.
      const unmasked = Buffer.concat([frame.subarray(0, start - 4), Buffer.from(bytes)]);
      unmasked[1]! &= 0x7f;
      expect(messageReader()(unmasked)[0]!.payload.length).toBe(bytes.length);
    }),
  );
});

it.each([
  ['a masked frame', Buffer.of(0x82, 0x81, 0, 0, 0, 0, 1)],
  ['reserved bits', Buffer.of(0xc2, 1, 1)],
  ['a part of no message', serverFrame(opcodes.continuation, Buffer.of(1), true)],
  [
    'a message in the middle of another',
    Buffer.concat([
      serverFrame(opcodes.binary, Buffer.of(1), false),
      serverFrame(opcodes.binary, Buffer.of(1), true),
    ]),
  ],
  ['a length beyond all reason', Buffer.concat([Buffer.of(0x82, 127), Buffer.alloc(8, 0x7f)])],
])('refuses %s', (_, bytes) => {
  expect(() => messageReader()(bytes)).toThrow();
});

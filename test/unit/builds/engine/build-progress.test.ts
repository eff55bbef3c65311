import { describe, expect, it } from 'vitest';
import { buildProgress } from '../../../../src/builds/engine/build-progress.ts';
import { decodeTrace } from '../../../../src/builds/engine/buildkit-trace.ts';

// Protobuf by hand, as short as it gets: a field is its number and wire type, then the value.
const field = (number: number, value: string | Buffer | number): Buffer => {
  if (typeof value === 'number') return Buffer.from([number * 8, value]);
  const bytes = Buffer.from(value);
  const length = bytes.length < 128 ? [bytes.length] : [(bytes.length & 127) | 128, bytes.length >> 7];
  return Buffer.concat([Buffer.from([number * 8 + 2, ...length]), bytes]);
};
const started = field(5, field(1, 9));
const vertex = (digest: string, name: string, ...more: Buffer[]) =>
  field(1, Buffer.concat([field(1, digest), field(3, name), ...more]));
const log = (digest: string, text: string | Buffer) =>
  field(3, Buffer.concat([field(1, digest), field(3, 1), field(4, text)]));
const trace = (...parts: Buffer[]) => ({
  id: 'moby.buildkit.trace',
  aux: Buffer.concat(parts).toString('base64'),
});

describe('progress of BuildKit', () => {
  it('knows the step that failed, and its output, among steps that ran beside it', () => {
    const steps: string[] = [];
    const progress = buildProgress((name) => steps.push(name));
    progress.add(
      trace(
        vertex('a', '[1/2] FROM x', started),
        vertex('b', '[2/2] RUN make\u001b[31m', started),
        vertex('c', 'RUN other', started),
      ),
    );
    progress.add(trace(log('b', Buffer.from('ä').subarray(0, 1))));
    progress.add(trace(log('b', Buffer.from('ä').subarray(1)), log('c', 'noise\n')));
    progress.add(trace(log('b', '\n10%\r20%\r\nerror: \u001b]0;title\u0007no\n')));
    progress.add(
      trace(
        vertex('c', 'RUN other', started, field(7, 'context canceled')),
        vertex('b', '[2/2] RUN make', started, field(7, 'exit code: 2')),
      ),
    );
    progress.add({ error: 'exit code: 2' });
    expect(steps).toEqual(['[1/2] FROM x', '[2/2] RUN make', 'RUN other']);
    expect(progress.step()).toBe('[2/2] RUN make');
    expect(progress.output()).toEqual(['ä', '20%', 'error: no']);
    expect(progress.failure()).toBe('exit code: 2');
    expect(progress.imageId()).toBeUndefined();
  });

  it('shows the last lines only', () => {
    const progress = buildProgress();
    progress.add(trace(vertex('a', 'RUN', started)));
    for (let line = 0; line < 3_000; line++) progress.add(trace(log('a', `line ${line}\n`)));
    expect(progress.output()).toEqual(Array.from({ length: 15 }, (_, index) => `line ${2_985 + index}`));
  });

  it('goes on when a message cannot be read', () => {
    const progress = buildProgress();
    progress.add({ id: 'moby.buildkit.trace', aux: Buffer.from([10, 200, 1]).toString('base64') });
    progress.add({ id: 'moby.image.id', aux: { ID: 'sha256:1' } });
    expect([progress.failure(), progress.imageId()]).toEqual([undefined, 'sha256:1']);
  });
});

it('reads what a real BuildKit sent', () => {
  const message =
    'Cn0KR3NoYTI1Njo4ZjZmMmZiMWIyYzQ4ZmRjNTg4YjEwNTUzN2FlZjJkOTk1ZWQyMDhiMjgwZjIxOWUwNjM1MmI2Nzk3MjU2ZThhGiRbaW50ZXJuYWxdIGxvYWQgcmVtb3RlIGJ1aWxkIGNvbnRleHQqDAjz04XYBhCz0JuEAQ==';
  expect(decodeTrace(Buffer.from(message, 'base64'))).toEqual({
    vertexes: [
      {
        digest: 'sha256:8f6f2fb1b2c48fdc588b105537aef2d995ed208b280f219e06352b6797256e8a',
        name: '[internal] load remote build context',
        cached: false,
        started: true,
        completed: false,
        error: '',
      },
    ],
    logs: [],
  });
  expect(() => decodeTrace(Buffer.from([0x0a, 0x7f]))).toThrow(RangeError);
});

import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readLog, tailStart } from '../../../../src/targets/process/log-reader.ts';
import { capLog } from '../../../../src/targets/process/supervision/log-cap.ts';

let folder: string;
let log: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'cloudnative-log-'));
  log = join(folder, 'orders.log');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const line = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 20 }).map((text) => text.replaceAll('\n', '')),
  fc.integer({ min: 0, max: 70_000 }).map((length) => 'ö'.repeat(length)),
);

describe('the last lines of a log', () => {
  it('are those that splitting the whole text gives', () => {
    const text = fc.tuple(fc.array(line, { maxLength: 12 }), fc.boolean());
    fc.assert(
      fc.property(text, fc.integer({ min: 0, max: 15 }), ([lines, ended], count) => {
        writeFileSync(log, lines.join('\n') + (ended && lines.length > 0 ? '\n' : ''));
        const content = readFileSync(log, 'utf8');
        const all = content === '' ? [] : content.replace(/\n$/, '').split('\n');
        const { start, short } = tailStart(log, count);
        const reader = readLog(log, start);
        const read = reader.next();
        if (start < Buffer.byteLength(content) && !content.endsWith('\n')) read.push(reader.rest());
        expect(read).toEqual(count === 0 ? [] : all.slice(-count));
        expect(short).toBe(Math.max(0, count - all.length));
      }),
      { numRuns: 200 },
    );
  });

  it('never reach back over the floor', () => {
    writeFileSync(log, 'one\ntwo\nthree\nfour\n');
    expect(tailStart(log, 10, 4)).toEqual({ start: 4, short: 7 });
    expect(tailStart(log, 2, 4)).toEqual({ start: 8, short: 0 });
    expect(tailStart(log, 2, 500)).toEqual({ start: 19, short: 2 });
    expect(tailStart(join(folder, 'none'), 3)).toEqual({ start: 0, short: 3 });
  });
});

describe('following a log', () => {
  it('gives every byte once, whole characters only, however it is written and moved', () => {
    const step = fc.oneof(
      { weight: 4, arbitrary: fc.uint8Array({ maxLength: 40 }).map((cut) => ({ cut: cut.length })) },
      { weight: 1, arbitrary: fc.constant('move' as const) },
      { weight: 2, arbitrary: fc.constant('look' as const) },
    );
    fc.assert(
      fc.property(
        fc.array(line, { minLength: 1, maxLength: 10 }),
        fc.array(step, { maxLength: 30 }),
        (lines, steps) => {
          rmSync(`${log}.1`, { force: true });
          writeFileSync(log, '');
          const bytes = Buffer.from(`${lines.join('\n')}\n`);
          const reader = readLog(log, 0);
          const read: string[] = [];
          let written = 0;
          let moved = false;
          for (const next of steps) {
            if (next === 'look' || (next === 'move' && moved)) {
              // As in life, a look comes between two moves.
              read.push(...reader.next());
              moved = false;
            }
            if (next === 'move') moved = capLog(log, 0);
            else if (next !== 'look') {
              appendFileSync(log, bytes.subarray(written, written + next.cut));
              written += Math.min(next.cut, bytes.length - written);
            }
          }
          appendFileSync(log, bytes.subarray(written));
          read.push(...reader.next());
          expect(read).toEqual(lines);
        },
      ),
      { numRuns: 300 },
    );
  });

  it('keeps the beginning of a line until its end has come', () => {
    const reader = readLog(log, 0);
    expect(reader.next()).toEqual([]);
    appendFileSync(log, 'one\ntw');
    expect(reader.next()).toEqual(['one']);
    appendFileSync(log, 'o\n');
    expect(reader.next()).toEqual(['two']);
    appendFileSync(log, 'end');
    expect(reader.next()).toEqual([]);
    expect(reader.rest()).toBe('end');
  });
});

describe('capLog', () => {
  it('leaves a log within the limit alone, and keeps the last generation of a longer one', () => {
    writeFileSync(log, 'short');
    expect(capLog(log, 5)).toBe(false);
    expect(capLog(join(folder, 'none'), 5)).toBe(false);
    appendFileSync(log, 'er');
    expect(capLog(log, 5)).toBe(true);
    expect([readFileSync(log, 'utf8'), readFileSync(`${log}.1`, 'utf8')]).toEqual(['', 'shorter']);
    writeFileSync(log, 'x'.repeat(200_000));
    expect(capLog(log, 5)).toBe(true);
    expect(readFileSync(`${log}.1`, 'utf8')).toBe('x'.repeat(200_000));
  });
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  afterExit,
  backOff,
  noAttempts,
  steady,
  untilStart,
} from '../../../../src/targets/process/supervision/back-off.ts';

describe('back-off', () => {
  it('doubles from 0.2 s to 30 s', () => {
    expect([1, 2, 3, 4, 5, 6, 7, 8, 9, 10].map(backOff)).toEqual([
      200, 400, 800, 1600, 3200, 6400, 12_800, 25_600, 30_000, 30_000,
    ]);
    expect(backOff(2000)).toBe(30_000);
  });

  it('is waited for, but never longer because the clock was set back', () => {
    const attempts = { ...noAttempts, nextStart: 100_000 };
    expect([99_000, 100_000, 100_001, 69_999, 0].map((now) => untilStart(attempts, now))).toEqual([
      1000, 0, 0, 0, 0,
    ]);
  });

  it('counts every exit, and begins again after a minute of running', () => {
    const uptimes = fc.array(fc.integer({ min: 0, max: 2 * steady }), { minLength: 1, maxLength: 40 });
    fc.assert(
      fc.property(uptimes, (all) => {
        let attempts = noAttempts;
        let at = 1_000_000;
        for (const uptime of all) {
          at = Math.max(at, attempts.nextStart) + uptime;
          attempts = afterExit(attempts, { at, code: 1 }, uptime);
        }
        const sinceSteady = all.length - all.findLastIndex((uptime) => uptime >= steady);
        const inARow = all.some((uptime) => uptime >= steady) ? sinceSteady : all.length;
        expect(attempts).toEqual({
          restarts: all.length,
          quickExits: inARow,
          lastExit: { at, code: 1 },
          nextStart: at + backOff(inARow),
          logFrom: 0,
        });
      }),
    );
  });
});

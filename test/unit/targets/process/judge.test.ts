import { describe, expect, it } from 'vitest';
import { type Facts, judge, judgeRemoval } from '../../../../src/targets/process/judge.ts';
import type { Observed, RunningProcess, Spec } from '../../../../src/targets/process/state-files.ts';
import { noAttempts } from '../../../../src/targets/process/supervision/back-off.ts';

const now = 1_000_000;
const spec = {
  service: 'orders',
  generation: 'g2',
  digest: 'new',
  ports: { http: 20_000, admin: 20_001 },
} as Spec;
const running: RunningProcess = {
  pid: 5,
  start: 's',
  digest: 'new',
  ports: spec.ports,
  startedAt: now - 1000,
};
const observed: Observed = {
  version: 1,
  service: 'orders',
  generation: 'g2',
  state: 'running',
  process: running,
  attempts: noAttempts,
};
const crashed = { ...noAttempts, restarts: 1, quickExits: 1, lastExit: { at: now - 10, code: 1 } };
const waiting: Observed = { ...observed, state: 'waiting', process: undefined, attempts: crashed };
const facts: Facts = { service: 'orders', spec, observed, alive: true, supervisor: true, now };
const twice = { ...crashed, quickExits: 2 };

describe('the verdict on a service', () => {
  it.each<[string, Partial<Facts>, string, string]>([
    ['answers 200', { probe: { status: 200 } }, 'ready', 'GET /readyz answers 200'],
    [
      'answers 200 and has no supervisor',
      { probe: { status: 200 }, supervisor: false },
      'ready',
      'GET /readyz answers 200',
    ],
    ['answers 503', { probe: { status: 503 } }, 'progressing', 'GET /readyz answers HTTP 503'],
    ['does not listen', { probe: { problem: 'nothing listens yet' } }, 'progressing', 'nothing listens yet'],
    [
      'answers 200 after it crashed twice',
      { observed: { ...observed, attempts: twice }, probe: { status: 200 } },
      'ready',
      'GET /readyz answers 200',
    ],
    [
      'runs again after it crashed twice',
      { observed: { ...observed, attempts: twice }, probe: { status: 503 } },
      'failed',
      'its process exits with code 1 (twice)',
    ],
    [
      'runs well again since it crashed twice',
      {
        observed: { ...observed, attempts: twice, process: { ...running, startedAt: now - 61_000 } },
        probe: { status: 503 },
      },
      'progressing',
      'GET /readyz answers HTTP 503',
    ],
    ['has not been looked at', { observed: undefined, alive: false }, 'progressing', 'starting'],
    [
      'is of the deploy before',
      { observed: { ...observed, generation: 'g1' }, probe: { status: 200 } },
      'progressing',
      'starting',
    ],
    [
      'runs the old build while it stops',
      {
        observed: { ...observed, state: 'stopping', process: { ...running, digest: 'old' } },
        probe: { status: 200 },
      },
      'progressing',
      'its old process is stopping',
    ],
    [
      'crashed once',
      { observed: waiting, alive: false },
      'progressing',
      'its process exits with code 1; it is started again',
    ],
    [
      'crashed twice',
      { observed: { ...waiting, attempts: twice }, alive: false },
      'failed',
      'its process exits with code 1 (twice)',
    ],
    [
      'crashed five times',
      { observed: { ...waiting, attempts: { ...twice, quickExits: 5 } }, alive: false },
      'failed',
      'its process exits with code 1 (5 times)',
    ],
    [
      'was killed',
      {
        observed: { ...waiting, attempts: { ...crashed, lastExit: { at: now, signal: 'SIGKILL' } } },
        alive: false,
      },
      'progressing',
      'its process was ended by SIGKILL; it is started again',
    ],
    [
      'cannot ever start',
      {
        observed: {
          ...waiting,
          attempts: { ...crashed, lastExit: { at: now, problem: 'there is no program "x"', final: true } },
        },
        alive: false,
      },
      'failed',
      'there is no program "x"',
    ],
    ['has just ended', { alive: false }, 'progressing', 'starting'],
    [
      'is dead and alone',
      { alive: false, supervisor: false },
      'failed',
      'its process is gone, and the supervisor is not running',
    ],
    [
      'crashed and is alone',
      { observed: waiting, alive: false, supervisor: false },
      'failed',
      'its process exits with code 1, and the supervisor is not running',
    ],
    [
      'is old and alone',
      { observed: { ...observed, process: { ...running, digest: 'old' } }, supervisor: false },
      'failed',
      'an older process runs, and the supervisor is not running',
    ],
    ['is gone', { spec: undefined }, 'failed', 'it is not deployed'],
  ])('that %s', (_, given, readiness, reason) => {
    expect(judge({ ...facts, ...given })).toMatchObject({ readiness, reason });
  });

  it('that shall go', () => {
    const gone = { service: 'orders', alive: false, supervisor: true };
    expect(judgeRemoval(gone).readiness).toBe('ready');
    expect(judgeRemoval({ ...gone, supervisor: false }).readiness).toBe('ready');
    expect(judgeRemoval({ ...facts })).toEqual({
      readiness: 'progressing',
      reason: 'its process still runs',
    });
    expect(judgeRemoval({ ...gone, observed })).toEqual({
      readiness: 'progressing',
      reason: 'its process is stopping',
    });
    expect(judgeRemoval({ ...gone, observed, supervisor: false }).readiness).toBe('failed');
  });
});

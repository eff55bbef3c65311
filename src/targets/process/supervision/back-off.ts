import type { Attempts, Exit } from '../state-files.ts';

const first = 200;
const longest = 30_000;
/** A process that ran this long had started well. */
export const steady = 60_000;

export const noAttempts: Attempts = { restarts: 0, quickExits: 0, nextStart: 0, logFrom: 0 };

/** Milliseconds to wait after the n-th quick exit in a row, n from 1. */
export function backOff(exits: number): number {
  return Math.min(longest, first * 2 ** (exits - 1));
}

/** Milliseconds until the next start; a clock that was set back does not make it longer. */
export function untilStart({ nextStart }: Attempts, now: number): number {
  const left = nextStart - now;
  return left > longest ? 0 : Math.max(0, left);
}

/** The count after an exit that nobody asked for, of a process that ran for `uptime` milliseconds. */
export function afterExit(attempts: Attempts, exit: Exit, uptime: number): Attempts {
  const quickExits = uptime >= steady ? 1 : attempts.quickExits + 1;
  return {
    ...attempts,
    restarts: attempts.restarts + 1,
    quickExits,
    lastExit: exit,
    nextStart: exit.at + backOff(quickExits),
  };
}

import type { Change } from '../core/change.ts';
import { delay } from '../core/duration.ts';
import type { Verdict } from '../core/readiness.ts';
import type { ApplyDeps } from './deps.ts';

const firstPause = 100;
const longestPause = 500;
const heartbeat = 10_000;

export interface Waited {
  verdict: Verdict;
  /** It was not ready at the first look. */
  waited: boolean;
  /** The deadline came first. */
  late: boolean;
}

/** Looks until the verdict is final or the deadline (epoch milliseconds) has come; tells a new reason, and a heartbeat, on the way. */
export async function waitUntilReady(change: Change, deadline: number, deps: ApplyDeps): Promise<Waited> {
  const { target, emit, signal } = deps;
  const started = Date.now();
  let pause = firstPause;
  let told = { reason: '', at: started };
  let last: Verdict = { readiness: 'progressing', reason: 'not looked at yet' };
  for (let looks = 0; ; looks++) {
    const verdict = await before(deadline, target.verdict(change, signal), signal);
    if (!verdict) return { verdict: last, waited: true, late: true };
    last = verdict;
    if (verdict.readiness !== 'progressing') return { verdict, waited: looks > 0, late: false };
    const now = Date.now();
    if (verdict.reason !== told.reason || now - told.at >= heartbeat) {
      told = { reason: verdict.reason, at: now };
      emit({ type: 'waiting', resource: change.id, reason: verdict.reason, ms: now - started });
    }
    if (now + pause >= deadline) {
      await delay(Math.max(0, deadline - now), signal);
      return { verdict, waited: true, late: true };
    }
    await delay(pause, signal);
    pause = Math.min(longestPause, pause * 1.5);
  }
}

/** The promise's value, or undefined when the deadline comes first: a place that hangs must not hold up the end. */
async function before<T>(deadline: number, promise: Promise<T>, signal: AbortSignal): Promise<T | undefined> {
  const timer = new AbortController();
  const timeout = delay(Math.max(0, deadline - Date.now()), AbortSignal.any([signal, timer.signal])).then(
    () => undefined,
  );
  timeout.catch(() => undefined);
  try {
    return await Promise.race([promise, timeout]);
  } finally {
    timer.abort();
    promise.catch(() => undefined);
  }
}

import type { Change } from '../core/change.ts';
import { delay } from '../core/duration.ts';
import type { Verdict } from '../core/readiness.ts';
import { before } from './deadline.ts';
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

/**
 * Looks until the verdict is final or the deadline (`performance.now()`) has come; tells a new reason, and a heartbeat, on the way.
 * Between two looks it pauses, for less where the place tells that something has changed.
 */
export async function waitUntilReady(change: Change, deadline: number, deps: ApplyDeps): Promise<Waited> {
  const { target, emit, signal } = deps;
  const started = performance.now();
  let pause = firstPause;
  let told = { reason: '', at: started };
  let last: Verdict = { readiness: 'progressing', reason: 'not looked at yet' };
  for (let looks = 0; ; looks++) {
    const verdict = await before(deadline, signal, (limit) => target.verdict(change, limit));
    if (!verdict) return { verdict: last, waited: true, late: true };
    last = verdict;
    if (verdict.readiness !== 'progressing') return { verdict, waited: looks > 0, late: false };
    const now = performance.now();
    if (verdict.reason !== told.reason || now - told.at >= heartbeat) {
      told = { reason: verdict.reason, at: now };
      emit({ type: 'waiting', resource: change.id, reason: verdict.reason, ms: Math.round(now - started) });
    }
    const ms = Math.min(pause, deadline - now);
    if (ms <= 0) return { verdict, waited: true, late: true };
    await (target.news?.(change, ms, signal) ?? delay(ms, signal));
    pause = Math.min(longestPause, pause * 1.5);
  }
}

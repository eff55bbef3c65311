import { setMaxListeners } from 'node:events';
import type { Change, Plan } from '../core/change.ts';
import { throwIfAborted } from '../core/errors.ts';
import type { Emit } from '../core/events.ts';
import type { Diagnosis } from '../core/readiness.ts';
import { before } from './deadline.ts';
import type { ApplyDeps } from './deps.ts';
import { rolloutFailed, rolloutLate } from './rollout-errors.ts';
import { waitUntilReady } from './wait.ts';

/** Milliseconds for finding out why something is late. */
const diagnosing = 800;

export interface ApplyOptions {
  /** Milliseconds for the whole plan. */
  timeout: number;
  /** Milliseconds of it that are over already. */
  spent?: number;
  /** False: return when everything is accepted, ready or not. */
  wait: boolean;
}

/**
 * Carries out a plan: each change once everything it comes after is ready, unrelated ones in parallel.
 * The first failure stops the rest, but for removals, which only stop what comes after them; what is done stays, and the same command
 * continues from there.
 */
export async function applyPlan(plan: Plan, options: ApplyOptions, deps: ApplyDeps): Promise<void> {
  const stop = new AbortController();
  const signal = AbortSignal.any([deps.signal, stop.signal]);
  setMaxListeners(0, signal); // every change that is carried out listens to it
  const deadline = performance.now() + options.timeout - (options.spent ?? 0);
  const running = new Map<string, Promise<void>>();
  const failed = new Set<unknown>();
  const byId = new Map(plan.changes.map((change) => [change.id, change]));

  const start = (change: Change): Promise<void> => {
    const known = running.get(change.id);
    if (known) return known;
    const earlier = change.after.flatMap((id) => byId.get(id) ?? []);
    const promise = Promise.resolve()
      .then(() => Promise.all(earlier.map(start)))
      .then(() => carryOut(change, { ...options, deadline }, { ...deps, signal }))
      .catch((error: unknown) => {
        // One thing that cannot be removed keeps no other from going, and is never in the way of what is new.
        if (change.action !== 'remove' && !failed.has(error)) stop.abort(error);
        failed.add(error);
        throw error;
      });
    running.set(change.id, promise);
    return promise;
  };

  const results = await Promise.allSettled(inOrder(plan.changes).map(start));
  throwIfAborted(deps.signal);
  if (stop.signal.aborted) throw stop.signal.reason;
  for (const result of results) if (result.status === 'rejected') throw result.reason;
}

async function carryOut(
  change: Change,
  options: ApplyOptions & { deadline: number },
  deps: ApplyDeps,
): Promise<void> {
  const { target, signal } = deps;
  // Of the place's own notes nobody is told, unless one fails.
  const emit: Emit = change.bookkeeping ? () => undefined : deps.emit;
  throwIfAborted(signal);
  const started = performance.now();
  const elapsed = () => Math.round(performance.now() - started);
  if (change.action !== 'none') {
    emit({
      type: 'started',
      subject: change.id,
      step: change.action === 'remove' ? 'remove' : 'apply',
      detail: '',
    });
    const accepted = await before(options.deadline, signal, async (limit) => {
      await target.apply(change, limit);
      return true;
    });
    if (!accepted)
      throw rolloutLate(change, unanswered(change, 'the place has not accepted it'), options.timeout);
    if (change.action !== 'remove')
      emit({ type: 'applied', resource: change.id, action: change.action, ms: elapsed() });
  }
  if (!options.wait && change.action !== 'remove') return;
  const { verdict, waited, late } = await waitUntilReady(change, options.deadline, { ...deps, emit });
  if (verdict.readiness === 'ready' && !late) {
    if (verdict.stays) emit({ type: 'kept', resource: change.id, reason: verdict.reason });
    else if (change.action === 'remove') emit({ type: 'removed', resource: change.id, ms: elapsed() });
    else if (change.action !== 'none' || waited)
      emit({ type: 'ready', resource: change.id, detail: verdict.detail ?? '', ms: elapsed() });
    return;
  }
  deps.emit({ type: 'failed', resource: change.id, ms: elapsed() });
  const end = Math.max(late ? 0 : options.deadline, performance.now() + diagnosing);
  const diagnosis =
    (await before(end, signal, () => target.diagnose(change, verdict))) ?? unanswered(change, verdict.reason);
  throw late ? rolloutLate(change, diagnosis, options.timeout) : rolloutFailed(change, diagnosis);
}

/** What is known about a change when the place does not say more in time. */
function unanswered(change: Change, reason: string): Diagnosis {
  return {
    message: `${change.id} is not ${change.action === 'remove' ? 'gone' : 'ready'}: ${reason}`,
    where: change.id,
    why: ['the place does not answer any more'],
    hints: ['repeat the command: it continues from here'],
  };
}

/** Every change after those it names; throws on a cycle, which only a faulty planner makes. */
export function inOrder(changes: readonly Change[]): Change[] {
  const byId = new Map(changes.map((change) => [change.id, change]));
  const ordered: Change[] = [];
  const state = new Map<string, 'visiting' | 'done'>();
  const visit = (change: Change, trail: readonly string[]) => {
    if (state.get(change.id) === 'done') return;
    if (state.get(change.id) === 'visiting')
      throw new Error(`plan has a cycle: ${[...trail, change.id].join(' -> ')}`);
    state.set(change.id, 'visiting');
    for (const id of change.after) {
      const earlier = byId.get(id);
      if (earlier) visit(earlier, [...trail, change.id]);
    }
    state.set(change.id, 'done');
    ordered.push(change);
  };
  for (const change of changes) visit(change, []);
  return ordered;
}

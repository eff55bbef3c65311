import type { Change } from '../core/change.ts';
import { countChanges, isUnchanged, summariseChanges } from '../core/change-counts.ts';
import { throwIfAborted } from '../core/errors.ts';
import type { Release } from '../core/release.ts';
import { applyPlan } from '../engine/apply-plan.ts';
import { applyRelease } from '../engine/apply-release.ts';
import { inTime } from '../engine/deadline.ts';
import { carriedOut, withProgress } from '../engine/progress.ts';
import { rollbackTarget } from '../engine/rollback-target.ts';
import { settleRelease } from '../engine/settle-release.ts';
import type { LiveApp } from './live-app.ts';
import { recordsOf } from './records-of.ts';

export interface RollbackOptions {
  /** Number of a release; undefined for the last good one. */
  to?: number;
  /** Milliseconds. */
  timeout: number;
}

export interface RollbackResult {
  to: number;
  /** Undefined when everything was as that release gave it. */
  release?: number;
  changes: readonly Pick<Change, 'id' | 'action' | 'service'>[];
}

/** A plan against a stored release, applied as a new release. */
export async function rollback(options: RollbackOptions, deps: LiveApp): Promise<RollbackResult> {
  const { workspace, environment, target, emit, signal } = deps;
  const records = recordsOf(target, environment);
  emit({
    type: 'heading',
    app: workspace.name,
    environment: environment.name,
    place: target.place,
    subjects: deps.known,
  });
  const scope = { app: workspace.name, environment: environment.name, flags: environment.flags };
  const planning = { doing: `planning for ${target.place}`, signal };
  const { to, first } = await inTime(options.timeout, planning, async () => {
    const release = rollbackTarget(await records.list(), options.to, scope);
    warnOfNeverLive(release, deps);
    return { to: release.number, first: await records.planRollback(release.number) };
  });
  throwIfAborted(signal);
  const applying = { timeout: options.timeout, wait: true };
  if (isUnchanged(first)) {
    await applyPlan(first, applying, deps);
    const draft = { plan: first, who: deps.who, cause: { action: 'rollback', to } } as const;
    // One that was killed at its end, or gave up waiting, has reached it.
    await settleRelease(draft, records, (work) => target.locked(work, signal));
    return { to, changes: summariseChanges(first) };
  }
  await deps.consent(first);
  return target.locked(async () => {
    const plan = await inTime(options.timeout, planning, () => records.planRollback(to));
    throwIfAborted(signal);
    emit({ type: 'planned', ...countChanges(plan) });
    const draft = { plan, who: deps.who, cause: { action: 'rollback', to } } as const;
    const progress = withProgress(emit);
    const release = await applyRelease(draft, applying, { ...deps, emit: progress.emit, records });
    return { to, release: release?.number, changes: summariseChanges(carriedOut(plan, progress)) };
  }, signal);
}

/** What once failed will most likely fail again. */
function warnOfNeverLive({ number, result, reason }: Release, { emit }: Pick<LiveApp, 'emit'>): void {
  if (result === 'deployed') return;
  const fate = result === 'failed' ? `failed: ${(reason ?? '').split('\n')[0]}` : 'did not come to its end';
  emit({ type: 'warning', message: `release ${number} was never live: its run ${fate}` });
}

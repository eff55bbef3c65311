import type { Plan } from '../core/change.ts';
import { countChanges, isUnchanged, shownChanges } from '../core/change-counts.ts';
import { applyPlan } from '../engine/apply-plan.ts';
import { applyRelease } from '../engine/apply-release.ts';
import { inTime } from '../engine/deadline.ts';
import { carriedOut, withProgress } from '../engine/progress.ts';
import { notFound } from '../workspace/select.ts';
import type { LiveApp } from './live-app.ts';
import { warnOfUnwanted } from './unwanted.ts';

export interface DestroyOptions {
  /** Names; undefined for the whole app with what its services share. They need not be in the workspace any more. */
  services?: readonly string[];
  /** Milliseconds. */
  timeout: number;
}

export interface DestroyResult {
  /** Ids of what was removed, and of what stays although it is wanted no more. */
  removed: readonly string[];
  kept: readonly string[];
}

/** A plan against nothing, applied. */
export async function destroy(options: DestroyOptions, deps: LiveApp): Promise<DestroyResult> {
  const { workspace, known, environment, target, emit, signal } = deps;
  const subjects = options.services ?? known;
  emit({
    type: 'heading',
    app: workspace.name,
    environment: environment.name,
    place: target.place,
    subjects,
  });
  const planning = { doing: `looking at ${target.place}`, signal };
  const planRemoval = (limit: AbortSignal) => target.planRemoval(options.services, limit);
  const first = await inTime(options.timeout, planning, planRemoval);
  for (const message of first.warnings ?? []) emit({ type: 'warning', message });
  if (isUnchanged(first)) {
    warnOfUnwanted(first, deps);
    const there = new Set(first.changes.map(({ service }) => service));
    const unknown = options.services?.filter((name) => !known.includes(name) && !there.has(name)) ?? [];
    if (unknown.length > 0) throw notFound('service', unknown, known, workspace.name);
    // A run that was killed may have left its lock as the last thing of all: taken and let go, it is gone.
    if (await target.heldLock?.()) await target.locked(async () => undefined, signal);
    return resultOf(first);
  }
  await deps.consent(first);
  const plan = await target.locked(async () => {
    const started = performance.now();
    const current = await inTime(options.timeout, planning, planRemoval);
    emit({ type: 'planned', ...countChanges(current) });
    warnOfUnwanted(current, deps);
    const spent = performance.now() - started;
    const applying = { timeout: options.timeout, spent, wait: true };
    const progress = withProgress(emit);
    const telling = { ...deps, emit: progress.emit };
    // With the whole app its history goes too.
    if (!options.services) await applyPlan(current, applying, telling);
    else {
      const cause = { action: 'destroy', services: options.services } as const;
      await applyRelease({ plan: current, who: deps.who, cause }, applying, {
        ...telling,
        records: target.records,
      });
    }
    return carriedOut(current, progress);
  }, signal);
  return resultOf(plan);
}

function resultOf(plan: Plan): DestroyResult {
  const changes = shownChanges(plan);
  return {
    removed: changes.flatMap(({ id, action }) => (action === 'remove' ? id : [])),
    kept: changes.flatMap(({ id, unwanted }) => (unwanted ? id : [])),
  };
}

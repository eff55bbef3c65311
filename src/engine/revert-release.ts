import type { Plan } from '../core/change.ts';
import { ExpectedError } from '../core/errors.ts';
import { liveRelease } from '../core/release.ts';
import type { Records } from '../targets/records.ts';
import { type ApplyOptions, applyPlan } from './apply-plan.ts';
import { applyRelease, type ReleaseDeps } from './apply-release.ts';
import { inTime } from './deadline.ts';
import { type Stage, withProgress } from './progress.ts';

/** A deploy that failed, and how far it came. */
export interface Failed {
  cause: ExpectedError;
  plan: Plan;
  stages: ReadonlyMap<string, Stage>;
}

/** What the way back came to; part of the data of the error that it follows. */
interface WayBack {
  /** Absent when there was no release before: then what the deploy created was removed. */
  to?: number;
  release?: number;
  ok: boolean;
  error?: { code: string; message: string };
  /** Of a way back that failed: what is in which state. */
  resources?: readonly { id: string; state: string }[];
}

/**
 * After a deploy that failed: back to the last good release, or, where there is none, without what the deploy created. Returns the first
 * cause as it was, with what became of the way back.
 */
export async function revertRelease(
  failed: Failed,
  who: string,
  { timeout }: Pick<ApplyOptions, 'timeout'>,
  deps: ReleaseDeps & { records: Records },
): Promise<ExpectedError> {
  const { emit, records, signal } = deps;
  const inTimeFor = <T>(doing: string, work: () => Promise<T>) => inTime(timeout, { doing, signal }, work);
  const { cause } = failed;
  const progress = withProgress(emit);
  const applying = [
    { timeout, wait: true },
    { ...deps, emit: progress.emit },
  ] as const;
  let plan: Plan | undefined;
  let to: number | undefined;
  try {
    to = liveRelease(await inTimeFor('reading the history', () => records.list()))?.number;
    emit({ type: 'warning', message: `${cause.message}; ${intention(to)}` });
    if (to === undefined) {
      plan = await inTimeFor('planning the way back', () => records.planUndo(failed.plan));
      await applyPlan(plan, ...applying);
      emit({ type: 'warning', message: 'what this deploy created is gone again' });
      return told(cause, { ok: true });
    }
    const number = to;
    plan = await inTimeFor('planning the way back', () => records.planRollback(number));
    const release = await applyRelease({ plan, who, cause: { action: 'rollback', to } }, ...applying);
    emit({ type: 'warning', message: `everything is as release ${to} made it again` });
    return told(cause, { to, release: release?.number, ok: true });
  } catch (error) {
    if (!(error instanceof ExpectedError)) throw error;
    const { code, message } = error.explanation;
    const resources = statesOf(failed, { plan, to, stages: progress.stages });
    const states = resources.map(({ id, state }) => `  ${id}: ${state}`);
    const lines = [`${intention(to)} failed too: ${message}`, ...states];
    return told(cause, { to, ok: false, error: { code, message }, resources }, lines);
  }
}

function intention(to: number | undefined): string {
  return to === undefined ? 'removing what this deploy created' : `going back to release ${to}`;
}

function told(
  { explanation }: ExpectedError,
  rollback: WayBack,
  lines: readonly string[] = [],
): ExpectedError {
  return new ExpectedError({
    ...explanation,
    why: [...(explanation.why === undefined ? [] : [explanation.why].flat()), ...lines],
    data: { ...(explanation.data as object | undefined), rollback },
  });
}

/** Of all that either run was to change: by the way back where that reached it, or else by the deploy. */
function statesOf(
  { plan, stages, cause }: Failed,
  back: { plan: Plan | undefined; to: number | undefined; stages: ReadonlyMap<string, Stage> },
): NonNullable<WayBack['resources']> {
  const { release } = (cause.explanation.data ?? {}) as { release?: number };
  const changes = [...plan.changes, ...(back.plan?.changes ?? [])];
  const ids = changes
    .filter(({ action, bookkeeping }) => action !== 'none' && !bookkeeping)
    .map(({ id }) => id);
  return [...new Set(ids)].sort().map((id) => {
    const [restored, deployed] = [back.stages.get(id), stages.get(id)];
    const state = restored
      ? stateText(restored, back.to)
      : deployed
        ? stateText(deployed, release)
        : 'as it was before';
    return { id, state };
  });
}

function stateText(stage: Stage, release: number | undefined): string {
  const made = release === undefined ? 'as this deploy made it' : `as release ${release} made it`;
  const words = {
    started: `perhaps ${made}: its write was not confirmed`,
    applied: `${made}, not ready yet`,
    ready: made,
    failed: `${made}, and it fails`,
    removed: 'removed',
    kept: made,
  };
  return words[stage];
}

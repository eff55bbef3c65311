import type { Plan } from '../core/change.ts';
import { leavesAppAlone } from '../core/change-counts.ts';
import { damagedRelease } from '../core/damaged-release.ts';
import { Cancelled, ExpectedError, type Explanation } from '../core/errors.ts';
import { damagedLive, liveRelease } from '../core/release.ts';
import type { Records } from '../targets/records.ts';
import { type ApplyOptions, applyPlan } from './apply-plan.ts';
import { applyRelease, type ReleaseDeps } from './apply-release.ts';
import { inTime } from './deadline.ts';
import { carriedOut, type Stage, withProgress } from './progress.ts';

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
  /** Ids of what the deploy created and the way back left there. */
  kept?: readonly string[];
  ok: boolean;
  error?: { code: string; message: string };
  /** Of a way back that failed: what is in which state. */
  resources?: readonly { id: string; state: string }[];
}

export interface RevertDeps extends ReleaseDeps {
  records: Records;
  /** Runs the writing part under the lock; just runs it where that is held already. */
  locked: <T>(work: () => Promise<T>) => Promise<T>;
  /** After a deploy that had nothing to change, and so asked nobody: asks before the first write. */
  consent?: (plan: Plan) => Promise<void>;
}

/**
 * After a deploy that failed: back to the last good release, or, where there is none, without what the deploy created. Returns the first
 * cause as it was, with what became of the way back.
 */
export async function revertRelease(
  failed: Failed,
  who: string,
  { timeout }: Pick<ApplyOptions, 'timeout'>,
  deps: RevertDeps,
): Promise<ExpectedError> {
  const { emit, records, signal } = deps;
  const inTimeFor = <T>(doing: string, work: () => Promise<T>) => inTime(timeout, { doing, signal }, work);
  const { cause } = failed;
  const progress = withProgress(emit);
  const applying = [
    { timeout, wait: true },
    { ...deps, emit: progress.emit },
  ] as const;
  const warn = (message: string) => emit({ type: 'warning', message });
  let plan: Plan | undefined;
  let to: number | undefined;
  const planBack = () =>
    inTimeFor('planning the way back', () =>
      to === undefined ? records.planUndo(failed.plan) : records.planRollback(to),
    );
  const list = () => inTimeFor('reading the history', () => records.list());
  const goBack = async (seen?: number) => {
    // Before the lock was taken, another may have deployed what must not be taken back.
    if (seen !== undefined && (await list())[0]?.number !== seen) throw outrun(seen);
    plan = await planBack();
    if (to === undefined) {
      await applyPlan(plan, ...applying);
      const kept = carriedOut(plan, progress).changes.filter(({ unwanted }) => unwanted);
      warn(`what this deploy created is gone again${kept.length > 0 ? ', but for what is kept:' : ''}`);
      for (const { id, note } of kept) warn(`${id}  ${note ?? ''}`.trimEnd());
      return told(cause, { ok: true, ...(kept.length > 0 && { kept: kept.map(({ id }) => id) }) });
    }
    const release = await applyRelease({ plan, who, cause: { action: 'rollback', to } }, ...applying);
    warn(`everything is as release ${to} made it again`);
    return told(cause, { to, release: release?.number, ok: true });
  };
  try {
    const releases = await list();
    const unknown = damagedLive(releases);
    if (unknown) throw damagedRelease(unknown, []);
    to = liveRelease(releases)?.number;
    const isIdle = leavesAppAlone(failed.plan);
    const first = isIdle ? await planBack() : undefined;
    if (first && leavesAppAlone(first)) return toldOfNoWay(cause, to);
    warn(`${cause.message}; ${intention(to)}`);
    if (first) await deps.consent?.(first);
    return await deps.locked(() => goBack(isIdle ? releases[0]?.number : undefined));
  } catch (error) {
    const { code, message, hints } = explained(error, signal);
    const resources = statesOf(failed, { plan, to, stages: progress.stages });
    const states = resources.map(({ id, state }) => `  ${id}: ${state}`);
    const lines = [`${intention(to)} failed too: ${message}`, ...states];
    return told(cause, { to, ok: false, error: { code, message }, resources }, { lines, hints });
  }
}

/** Throws what is no failure of the way back: an interruption, or a mistake of ours. */
function explained(error: unknown, { aborted }: AbortSignal): Explanation {
  if (error instanceof ExpectedError) return error.explanation;
  if (!(error instanceof Cancelled) || aborted) throw error;
  return { code: 'E_CANCELLED', exit: error.exit, message: error.message };
}

function outrun(number: number): ExpectedError {
  return new ExpectedError({
    code: 'E_MOVED',
    exit: 'conflict',
    message: `release ${number} is not the newest any more: another deploy came in between`,
    hints: ['cloudnative history tells what it was'],
  });
}

/** A deploy changed nothing, and what it waited for is what the way back would give. */
function toldOfNoWay(cause: ExpectedError, to: number | undefined): ExpectedError {
  const why =
    to === undefined
      ? 'no deploy has gone well yet, and this one created nothing'
      : `everything is as release ${to}, the last good one, made it`;
  const message = `there is nothing to go back to: ${why}`;
  return told(cause, { to, ok: false, error: { code: 'E_NO_RELEASE', message } }, { lines: [message] });
}

function intention(to: number | undefined): string {
  return to === undefined ? 'removing what this deploy created' : `going back to release ${to}`;
}

function told(
  { explanation }: ExpectedError,
  rollback: WayBack,
  { lines = [], hints = [] }: { lines?: readonly string[]; hints?: readonly string[] } = {},
): ExpectedError {
  return new ExpectedError({
    ...explanation,
    why: [...(explanation.why === undefined ? [] : [explanation.why].flat()), ...lines],
    ...(hints.length > 0 ? { hints: [...(explanation.hints ?? []), ...hints] } : {}),
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
      ? stateText(restored, madeBy(back.to))
      : deployed
        ? stateText(deployed, leavesAppAlone(plan) ? before : madeBy(release))
        : before;
    return { id, state };
  });
}

const before = 'as it was before';

function madeBy(release: number | undefined): string {
  return release === undefined ? 'as this deploy made it' : `as release ${release} made it`;
}

function stateText(stage: Stage, made: string): string {
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

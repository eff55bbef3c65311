import { isUnchanged, leavesAppAlone } from '../core/change-counts.ts';
import { ExpectedError } from '../core/errors.ts';
import type { Release } from '../core/release.ts';
import type { Records, ReleaseDraft } from '../targets/records.ts';
import { type ApplyOptions, applyPlan } from './apply-plan.ts';
import { before, inTime } from './deadline.ts';
import type { ApplyDeps } from './deps.ts';
import { settleRelease } from './settle-release.ts';

export interface ReleaseDeps extends ApplyDeps {
  /** Absent where the place keeps no history: then the plan is applied, and nothing noted. */
  records?: Records;
}

/** Milliseconds that a failed run may still take to note that it failed: who stopped it waits, and so does who set a time limit. */
const farewell = { stopped: 2000, late: 500, failed: 5000 };
/** Milliseconds that a run that went well has at least to note it. */
const closing = 5000;

/**
 * Carries out a plan and records it: first as pending, at the end with its result. A plan that changes nothing of the app is no release,
 * but may bring one that was killed to its good end.
 */
export async function applyRelease(
  draft: ReleaseDraft,
  options: ApplyOptions,
  deps: ReleaseDeps,
): Promise<Release | undefined> {
  const { records } = deps;
  const { plan } = draft;
  if (!records || isUnchanged(plan)) {
    await applyPlan(plan, options, deps);
    return undefined;
  }
  if (leavesAppAlone(plan)) {
    await applyPlan(plan, options, deps);
    return options.wait ? settleRelease(draft, records, (work) => work()) : undefined;
  }
  const started = performance.now();
  const left = () => options.timeout - (options.spent ?? 0) - (performance.now() - started);
  const noting = { doing: 'writing the release', signal: deps.signal };
  const release = await inTime(left(), noting, () => records.open(draft));
  const took = () => Math.round(performance.now() - started);
  try {
    await applyPlan(plan, { ...options, spent: options.timeout - left() }, deps);
  } catch (error) {
    // The cause is what is told; a failure that cannot be noted shows in the history as one without an end.
    const outcome = {
      result: 'failed',
      reason: reasonOf(error),
      ...stopOf(deps.signal),
      ms: took(),
    } as const;
    const end = performance.now() + farewellTo(error, deps.signal);
    await before(end, never, () => records.close(release, outcome)).catch(() => undefined);
    throw withRelease(error, release);
  }
  const outcome = { result: 'deployed', ms: took() } as const;
  await inTime(Math.max(closing, left()), noting, () => records.close(release, outcome));
  return { ...release, ...outcome };
}

const never = new AbortController().signal;

function farewellTo(error: unknown, { aborted }: AbortSignal): number {
  if (aborted) return farewell.stopped;
  const late = error instanceof ExpectedError && error.explanation.exit === 'timeout';
  return late ? farewell.late : farewell.failed;
}

function stopOf({ aborted }: AbortSignal): { interrupted?: true } {
  return aborted ? { interrupted: true } : {};
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** The same error, which also knows the release. */
function withRelease(error: unknown, { number }: Release): unknown {
  if (!(error instanceof ExpectedError)) return error;
  const { explanation } = error;
  const data = { ...(explanation.data as object | undefined), release: number };
  return new ExpectedError({ ...explanation, data, cause: error });
}

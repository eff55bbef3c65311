import { ExpectedError } from '../core/errors.ts';
import { liveRelease, type Release, type ReleaseState, releaseStates } from '../core/release.ts';
import type { Records } from '../targets/records.ts';
import type { Target } from '../targets/target.ts';
import type { Environment } from '../workspace/model.ts';

/** The history of an environment; throws E_NO_HISTORY (4) for a kind of place that keeps none. */
export function recordsOf({ records }: Pick<Target, 'records'>, environment: Environment): Records {
  if (records) return records;
  throw new ExpectedError({
    code: 'E_NO_HISTORY',
    exit: 'notFound',
    message: `${environment.name} keeps no history of its releases`,
    where: `environment ${environment.name}, target ${environment.target}`,
    why: 'only environments on Kubernetes do, so far',
    hints: ['to go back, check out what was deployed before, and deploy it'],
  });
}

export interface Standing {
  live?: Release;
  /** The newest, where that is not the live one. */
  later?: Release & { state: ReleaseState };
}

/** For a word beside the rest: nothing where there is no history, or nobody may look at it. */
export async function standingOf(target: Pick<Target, 'records' | 'heldLock'>): Promise<Standing> {
  const releases = (await ifAllowed(async () => target.records?.list())) ?? [];
  const [live, newest, [state]] = [liveRelease(releases), releases[0], releaseStates(releases)];
  if (!newest || !state || newest === live) return { live };
  // Whoever is still at work holds the lock.
  const isOver = state === 'pending' && (await ifAllowed(async () => !(await target.heldLock?.())));
  return { live, later: { ...newest, state: isOver ? 'interrupted' : state } };
}

/** Undefined for what we have no right to do. */
export async function ifAllowed<T>(work: () => Promise<T>): Promise<T | undefined> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof ExpectedError && error.explanation.code === 'E_FORBIDDEN') return undefined;
    throw error;
  }
}

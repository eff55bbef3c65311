import { ExpectedError } from '../core/errors.ts';
import {
  type DamagedRelease,
  isSound,
  type Release,
  type ReleaseState,
  releaseStates,
} from '../core/release.ts';
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

type SoundEntry = Release & { state: ReleaseState };
export type ReleaseEntry = SoundEntry | (DamagedRelease & { state: ReleaseState });

export interface Standing {
  live?: Release;
  /** The newest, where that is not the live one, and not damaged. */
  later?: SoundEntry;
}

/** For a word beside the rest: nothing where there is no history, or nobody may look at it. */
export async function standingOf(target: Pick<Target, 'records' | 'heldLock'>): Promise<Standing> {
  const { records } = target;
  const entries = (records && (await ifAllowed(() => entriesOf(records, target)))) ?? [];
  const isSoundEntry = (entry: ReleaseEntry): entry is SoundEntry => isSound<SoundEntry>(entry);
  const live = entries.filter(isSoundEntry).find(({ state }) => state === 'live');
  const [newest] = entries;
  return { live, later: newest && newest !== live && isSoundEntry(newest) ? newest : undefined };
}

/** Newest first. The newest is only under way as long as somebody holds the lock, where we may look at that. */
export async function entriesOf(records: Records, target: Pick<Target, 'heldLock'>): Promise<ReleaseEntry[]> {
  const entries = withStates(await records.list());
  if (entries[0]?.state !== 'pending') return entries;
  const held = await ifAllowed(async () => target.heldLock && ((await target.heldLock()) ?? 'nobody'));
  if (held !== 'nobody') return entries;
  // Its run may have ended between the two looks.
  const [newest, ...rest] = withStates(await records.list());
  if (!newest) return [];
  const isOver = newest.state === 'pending' && newest.number === entries[0].number;
  return [isOver ? { ...newest, state: 'interrupted' } : newest, ...rest];
}

function withStates(releases: readonly (Release | DamagedRelease)[]): ReleaseEntry[] {
  const states = releaseStates(releases);
  return releases.map((release, index) => ({ ...release, state: states[index]! }));
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

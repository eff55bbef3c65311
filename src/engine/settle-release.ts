import type { Release } from '../core/release.ts';
import { isSound, liveRelease } from '../core/release.ts';
import type { Records, ReleaseDraft } from '../targets/records.ts';

/**
 * For a plan that found nothing to change, with everything ready: a release that was left pending or failed, and gives just this, has
 * gone well after all. Returns the live one. Writes nothing, and takes no lock, when the newest has ended well.
 */
export async function settleRelease(
  draft: ReleaseDraft,
  records: Records,
  locked: <T>(work: () => Promise<T>) => Promise<T>,
): Promise<Release | undefined> {
  const releases = await records.list();
  const [newest] = releases;
  if (!newest || !isSound(newest) || newest.result === 'deployed' || !(await records.matches(newest, draft)))
    return liveRelease(releases);
  return locked(async () => {
    const [current] = await records.list();
    if (!current || current.number !== newest.number || !isSound(current) || current.result === 'deployed')
      return liveRelease(await records.list());
    const outcome = { result: 'deployed', reason: undefined, interrupted: undefined, ms: undefined } as const;
    await records.close(current, outcome);
    return { ...current, ...outcome };
  });
}

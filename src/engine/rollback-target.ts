import { damagedRelease } from '../core/damaged-release.ts';
import { ExpectedError } from '../core/errors.ts';
import { placeFlags } from '../core/place-flags.ts';
import { type DamagedRelease, damagedLive, isSound, liveRelease, type Release } from '../core/release.ts';

/**
 * The release to go back to: the given one; or the live one when a later deploy failed; or else the last good one before what is live,
 * where going back twice goes further back. `releases` are newest first. Throws E_NO_RELEASE (4), and
 * E_RELEASE_DAMAGED (4) for one that is damaged, or where one may be live.
 */
export function rollbackTarget(
  all: readonly (Release | DamagedRelease)[],
  to: number | undefined,
  scope: { app: string; environment: string; flags?: string },
): Release {
  const releases = all.filter(isSound);
  const history = `cloudnative history ${placeFlags(scope)}`;
  const known = releases.map(({ number }) => number);
  const refused = (message: string) =>
    new ExpectedError({
      code: 'E_NO_RELEASE',
      exit: 'notFound',
      message,
      where: `${scope.app}, environment ${scope.environment}`,
      why: known.length > 0 ? `kept are ${known.join(', ')}` : 'nothing was deployed there yet',
      hints: [history],
    });
  if (to !== undefined) {
    const found = all.find(({ number }) => number === to);
    if (!found) throw refused(`there is no release ${to}`);
    if (!isSound(found)) throw damagedRelease(found, [`choose another release: ${history}`]);
    return found;
  }
  const unknown = damagedLive(all);
  if (unknown)
    throw damagedRelease(unknown, [`it may be the live one, so say where to go: --to N, of ${history}`]);
  const live = liveRelease(releases);
  const [newest] = releases;
  if (live && live !== newest) {
    // A rollback that did not come to its end goes on to where it was going.
    const { cause } = newest!;
    const going = cause.action === 'rollback' && releases.find(({ number }) => number === cause.to);
    return going || live;
  }
  const origin = live ? originOf(live, releases) : 0;
  const earlier = releases.find(({ number, result }) => result === 'deployed' && number < origin);
  if (!earlier) throw refused('there is no earlier release to go back to');
  return earlier;
}

/** The number of the deploy whose state a release has: a rollback has that of another. */
function originOf({ number, cause }: Release, releases: readonly Release[]): number {
  if (cause.action !== 'rollback' || cause.to >= number) return number;
  const source = releases.find((one) => one.number === cause.to);
  return source ? originOf(source, releases) : cause.to;
}

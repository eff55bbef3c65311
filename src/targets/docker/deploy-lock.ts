import { randomUUID } from 'node:crypto';
import { delay } from '../../core/duration.ts';
import { ExpectedError } from '../../core/errors.ts';
import { labels } from '../../core/labels.ts';
import { isMissing } from '../../system/docker-errors.ts';
import { isGone, type LockHolder, thisHolder } from '../../system/lock-holder.ts';
import { type DockerPlace, networkName } from './names.ts';

export interface LockTimes {
  /** Milliseconds between two signs of life. */
  renew: number;
  /** Milliseconds without one after which a holder counts as gone. */
  lease: number;
}

const usualTimes: LockTimes = { renew: 10_000, lease: 45_000 };
const attempts = 5;
const holderLabel = 'cloudnative.dev/holder';
const claimLabel = 'cloudnative.dev/claim';
const processLabel = 'cloudnative.dev/process';

/**
 * Runs work while no other deploy of the app and environment does, whichever client of the engine it comes from. Throws
 * E_LOCKED (8) naming the holder.
 *
 * The engine has no lock, but volumes, which it dates itself. A claim is a volume with our labels. Who wants the lock makes
 * a claim first and looks for others second, so of two at once at least one sees the other, and withdraws. Claims cannot be
 * changed, so a sign of life is a new volume of the same claim, after which the older goes. A claim without sign of life
 * for a lease, by the engine's clock, is of a deploy that was killed, and is swept away; at once where its process is known
 * to have ended.
 */
export async function withDeployLock<T>(
  place: DockerPlace,
  work: () => Promise<T>,
  times = usualTimes,
): Promise<T> {
  const claim = await acquire(place, times);
  const alive = new AbortController();
  const renewing = keepAlive(claim, place, times, alive.signal);
  try {
    return await work();
  } finally {
    alive.abort();
    await renewing;
    await withdraw(claim.id, place);
  }
}

interface Claim {
  id: string;
  holder: LockHolder;
  signs: number;
}

async function acquire(place: DockerPlace, times: LockTimes): Promise<Claim> {
  const claim: Claim = { id: randomUUID(), holder: thisHolder(), signs: 0 };
  let other = '';
  for (let attempt = 0; attempt < attempts; attempt++) {
    if (attempt > 0) await delay(50 + Math.random() * 250 * attempt, new AbortController().signal);
    await giveSign(claim, place);
    const others = await otherClaims(claim.id, place, times);
    if (others.length === 0) return claim;
    other = others[0]!;
    await withdraw(claim.id, place);
  }
  throw new ExpectedError({
    code: 'E_LOCKED',
    exit: 'locked',
    message: `another deploy of ${place.app} to ${place.environment} is running`,
    where: place.engine.describe(),
    why: other,
    hints: [
      'wait until it has ended, then run the same command again',
      `a deploy that was killed lets go after ${times.lease / 1000} s`,
    ],
  });
}

async function giveSign(claim: Claim, place: DockerPlace): Promise<void> {
  const Labels = {
    ...mine(place),
    [claimLabel]: claim.id,
    [holderLabel]: claim.holder.text,
    [processLabel]: claim.holder.process,
  };
  const Name = `${networkName(place)}.lock-${claim.id}-${claim.signs++}`;
  await place.engine.call((docker) => docker.createVolume({ Name, Driver: 'local', Labels }));
}

/** Holders of the claims that still give signs of life; the others' volumes are removed. */
async function otherClaims(own: string, place: DockerPlace, { lease }: LockTimes): Promise<string[]> {
  const [volumes, now] = [await listClaims(place), await engineTime(place)];
  const others = volumes.filter(({ claim }) => claim !== own);
  const isAlive = (claim: string) =>
    others.some((one) => one.claim === claim && now - one.created <= lease && !isGone(one.process));
  for (const { name, claim } of others) if (!isAlive(claim)) await removeVolume(name, place);
  return others.filter(({ claim }) => isAlive(claim)).map(({ holder }) => holder);
}

async function keepAlive(
  claim: Claim,
  place: DockerPlace,
  { renew }: LockTimes,
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    await delay(renew, signal).catch(() => undefined);
    if (signal.aborted) return;
    // An engine that does not answer now may do so before the lease is over.
    await renewOnce(claim, place).catch(() => undefined);
  }
}

/** The sign before the last stays too: the engine makes its list piece by piece, and one of the two is in it for certain. */
async function renewOnce(claim: Claim, place: DockerPlace): Promise<void> {
  const older = (await listClaims(place)).filter(
    (one) => one.claim === claim.id && !one.name.endsWith(`-${claim.signs - 1}`),
  );
  await giveSign(claim, place);
  for (const { name } of older) await removeVolume(name, place);
}

async function withdraw(id: string, place: DockerPlace): Promise<void> {
  for (const { name } of (await listClaims(place)).filter(({ claim }) => claim === id))
    await removeVolume(name, place);
}

interface ClaimVolume {
  name: string;
  claim: string;
  holder: string;
  process: string;
  /** Epoch milliseconds of the engine's clock. */
  created: number;
}

async function listClaims(place: DockerPlace): Promise<ClaimVolume[]> {
  const wanted = [...Object.entries(mine(place)).map(([name, value]) => `${name}=${value}`), claimLabel];
  const { Volumes } = await place.engine.call((docker) =>
    docker.listVolumes({ filters: JSON.stringify({ label: wanted }) }),
  );
  return (Volumes ?? []).map((volume) => ({
    name: volume.Name,
    claim: volume.Labels[claimLabel]!,
    holder: volume.Labels[holderLabel] ?? 'it does not say who it is',
    process: volume.Labels[processLabel] ?? '',
    created: Date.parse((volume as { CreatedAt?: string }).CreatedAt ?? ''),
  }));
}

async function engineTime(place: DockerPlace): Promise<number> {
  const { SystemTime } = await place.engine.call(
    (docker) => docker.info() as Promise<{ SystemTime: string }>,
  );
  return Date.parse(SystemTime);
}

async function removeVolume(name: string, place: DockerPlace): Promise<void> {
  try {
    await place.engine.call((docker) => docker.getVolume(name).remove());
  } catch (error) {
    if (!isMissing(error)) throw error;
  }
}

function mine({ app, environment }: DockerPlace): Record<string, string> {
  return { [labels.app]: app, [labels.environment]: environment };
}

import { hostname, userInfo } from 'node:os';
import { delay } from '../../../core/duration.ts';
import { thisHolder } from '../../../system/lock-holder.ts';
import type { HeldLock } from '../../target.ts';
import { isNotFound } from '../api/api-error.ts';
import type { Cluster } from '../cluster.ts';
import { createCollection } from '../live/collection.ts';
import { type Lease, type Leases, leasesOf } from './leases.ts';
import { lockLost } from './lock-errors.ts';
import { takeOver } from './take-over.ts';

/** A lock in the cluster that ends by itself when its holder does. */
export interface DeployLock {
  /** Throws E_LOCKED (8) when another run holds it and is alive. Does nothing when it is held already. */
  acquire(signal?: AbortSignal): Promise<void>;
  /** To be called before each write. Throws E_LOCKED (8) when the lock was held and is lost. */
  check(signal?: AbortSignal): Promise<void>;
  /** `patience` in milliseconds: one that cannot be let go ends by itself. */
  release(patience: number): Promise<void>;
  /** Who holds it now, this run or another. */
  held(): Promise<HeldLock | undefined>;
  /** Removes it, if that one still holds it. */
  takeAway(from: HeldLock): Promise<boolean>;
}

/** Milliseconds. */
export interface LockTimes {
  /** Without a sign of life, others take it over after this. */
  duration: number;
  /** Between signs of life. */
  renewal: number;
}

const usualTimes: LockTimes = { duration: 30_000, renewal: 4000 };
const never = new AbortController().signal;

export function createDeployLock(
  cluster: Pick<Cluster, 'api' | 'scope' | 'namespace'>,
  times = usualTimes,
): DeployLock {
  const holder = `${userInfo().username}@${hostname()} (${process.pid}-${Math.random().toString(36).slice(2, 8)})`;
  const leases = leasesOf(cluster, { holder, process: thisHolder().process }, times.duration / 1000);
  let held: Lease | undefined;
  let lost = false;
  let proven = clocks();
  let renewing = Promise.resolve();
  let released = new AbortController();

  const renew = async () => {
    if (!held || lost) return;
    const asked = clocks();
    try {
      const renewed = await leases.claim(held, released.signal);
      if (renewed) held = renewed;
      else lost = true;
      proven = asked;
    } catch {
      // A server that does not answer may do so in time; one that refuses has given the lease to another.
    }
  };
  const renewNow = () => {
    renewing = renewing.then(renew);
    return renewing;
  };
  /** Another may take the lease from us at any moment; then no write must follow. */
  const guard = () => {
    const { signal } = released;
    const timer = setInterval(renewNow, times.renewal);
    timer.unref();
    signal.addEventListener('abort', () => clearInterval(timer), { once: true });
    const selection = { path: leases.list, apiVersion: 'coordination.k8s.io/v1', kind: 'Lease' };
    const own = createCollection(
      cluster.api,
      { ...selection, fieldSelector: `metadata.name=${leases.name}` },
      signal,
    );
    own.listen(async () => {
      const now = await own.read(signal).catch(() => undefined);
      const lease = now?.objects.get(leases.name) as Lease | undefined;
      if (now && lease?.spec.holderIdentity !== holder) renewNow();
    });
  };

  return {
    async acquire(signal = never) {
      if (held) return;
      const asked = clocks();
      held = await takeOver(leases, times, signal);
      proven = asked;
      released = new AbortController();
      guard();
    },
    async check(signal = never) {
      // This run may have been stopped, or its machine asleep, for longer than the lock waits.
      if (held && !lost && silentFor(proven) > times.renewal * 2.5) {
        await within(times.duration, renewNow(), signal);
        if (silentFor(proven) > times.duration) lost = true;
      }
      if (lost) throw lockLost(cluster);
    },
    async release(patience) {
      released.abort();
      const last = held;
      held = undefined;
      if (!last || lost) return;
      const limit = AbortSignal.timeout(patience);
      await within(patience, renewing, never);
      await removeOwn(leases, last, limit).catch(() => undefined);
    },
    async held() {
      const seen = await leases.see();
      return seen && described(seen.lease, times);
    },
    async takeAway({ who }) {
      const seen = await leases.see();
      if (seen?.lease.spec.holderIdentity !== who) return false;
      await leases.remove(seen.lease).catch((error: unknown) => {
        if (!isNotFound(error)) throw error;
      });
      return true;
    },
  };
}

/** Waits no longer than `ms`, and leaves no timer behind that would keep the program alive. */
async function within(ms: number, work: Promise<void>, signal: AbortSignal): Promise<void> {
  const done = new AbortController();
  const late = delay(ms, AbortSignal.any([signal, done.signal]));
  late.catch(() => undefined);
  try {
    await Promise.race([work, late]);
  } finally {
    done.abort();
  }
}

/** The last renewal may have been cut off after it was carried out, so that the version we know is not the last. */
async function removeOwn(leases: Leases, last: Lease, signal: AbortSignal): Promise<void> {
  try {
    await leases.remove(last, signal);
  } catch {
    const seen = await leases.see(signal);
    if (seen?.lease.spec.holderIdentity === leases.holder) await leases.remove(seen.lease, signal);
  }
}

function described({ metadata, spec }: Lease, { duration }: LockTimes): HeldLock {
  return {
    who: spec.holderIdentity ?? '',
    since: spec.acquireTime,
    where: `Lease/${metadata.name} in namespace ${metadata.namespace}`,
    duration: spec.leaseDurationSeconds ?? duration / 1000,
  };
}

interface Clocks {
  steady: number;
  wall: number;
}

function clocks(): Clocks {
  return { steady: performance.now(), wall: Date.now() };
}

/** Milliseconds. The steady clock stands still while the machine sleeps, and the other may be set: the longer time is the safe one. */
function silentFor({ steady, wall }: Clocks): number {
  return Math.max(performance.now() - steady, Math.abs(Date.now() - wall));
}

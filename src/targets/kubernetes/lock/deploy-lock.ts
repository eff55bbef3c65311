import { hostname, userInfo } from 'node:os';
import { delay } from '../../../core/duration.ts';
import { ExpectedError } from '../../../core/errors.ts';
import type { Cluster } from '../cluster.ts';
import { type Lease, type Leases, leasesOf, now } from './leases.ts';

/** A lock in the cluster that ends by itself when its holder does. */
export interface DeployLock {
  /** Throws E_LOCKED (8) when another run holds it and is alive. Does nothing when it is held already. */
  acquire(): Promise<void>;
  /** Throws E_LOCKED (8) when it was held and is lost. */
  check(): void;
  release(): Promise<void>;
}

/** Milliseconds. */
export interface LockTimes {
  /** Without a sign of life, others take it over after this. */
  duration: number;
  /** Between signs of life. */
  renewal: number;
}

const usualTimes: LockTimes = { duration: 30_000, renewal: 4000 };
/** The server's times are in whole seconds. */
const rounding = 2000;

export function createDeployLock(
  cluster: Pick<Cluster, 'api' | 'scope' | 'namespace'>,
  times = usualTimes,
): DeployLock {
  const holder = `${userInfo().username}@${hostname()} (${process.pid}-${Math.random().toString(36).slice(2, 8)})`;
  const leases = leasesOf(cluster, holder, times.duration / 1000);
  let held: Lease | undefined;
  let lost = false;
  let timer: NodeJS.Timeout | undefined;
  let renewing = Promise.resolve();

  const renew = async () => {
    if (!held || lost) return;
    // A server that does not answer may do so in time; one that refuses has given the lease to another.
    const renewed = await leases.claim(held).catch(() => held);
    if (renewed) held = renewed;
    else lost = true;
  };
  return {
    async acquire() {
      if (held) return;
      held = await takeOver(leases, times);
      timer = setInterval(() => {
        renewing = renewing.then(renew);
      }, times.renewal);
      timer.unref();
    },
    check() {
      if (lost) throw lockLost(cluster);
    },
    async release() {
      clearInterval(timer);
      await renewing;
      const last = held;
      held = undefined;
      // One that cannot be removed ends by itself.
      if (last && !lost) await leases.remove(last).catch(() => undefined);
    },
  };
}

/** Waits for a sign of life of the present holder: one that shows none until its time has run out has lost the lock. */
async function takeOver(leases: Leases, { duration, renewal }: LockTimes): Promise<Lease> {
  const never = new AbortController().signal;
  const started = performance.now();
  let first: Lease | undefined;
  for (;;) {
    const { lease, silentFor } = await leases.createOrSee();
    if (lease.spec.holderIdentity === leases.holder) return lease;
    first ??= lease;
    const another =
      lease.metadata.uid !== first.metadata.uid || lease.spec.holderIdentity !== first.spec.holderIdentity;
    if (another || lease.spec.renewTime !== first.spec.renewTime) throw locked(lease);
    const stated = (lease.spec.leaseDurationSeconds ?? duration / 1000) * 1000;
    const silent = Math.max(silentFor === undefined ? 0 : silentFor - rounding, performance.now() - started);
    if (silent >= stated) {
      const transitions = (lease.spec.leaseTransitions ?? 0) + 1;
      const taken = await leases.claim(lease, { acquireTime: now(), leaseTransitions: transitions });
      if (taken) return taken;
    }
    await delay(Math.min(renewal / 4, 1000), never);
  }
}

function locked({ spec, metadata }: Lease): ExpectedError {
  return new ExpectedError({
    code: 'E_LOCKED',
    exit: 'locked',
    message: 'another run is deploying the same app to the same environment',
    where: `Lease/${metadata.name} in namespace ${metadata.namespace}`,
    why: `held by ${spec.holderIdentity ?? 'someone'} since ${spec.acquireTime?.replace(/\.\d+Z$/, 'Z') ?? 'some time'}`,
    hints: ['repeat the command when that one has ended'],
  });
}

function lockLost({ scope }: Pick<Cluster, 'scope'>): ExpectedError {
  return new ExpectedError({
    code: 'E_LOCKED',
    exit: 'locked',
    message: `this run has lost the lock of ${scope.app} in ${scope.environment}`,
    why: 'another run has taken it over, since this one gave no sign of life in time',
    hints: ['repeat the command: it continues from here'],
  });
}

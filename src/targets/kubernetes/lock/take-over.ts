import { delay } from '../../../core/duration.ts';
import { isGone } from '../../../system/lock-holder.ts';
import type { LockTimes } from './deploy-lock.ts';
import { type Lease, type Leases, now, processOf } from './leases.ts';
import { locked } from './lock-errors.ts';

/** The server's times are in whole seconds. */
const rounding = 2000;

/**
 * The lease, once it is ours: when nobody has it, or when its holder gives no sign of life. Whether a sign is missing is seen here, by
 * our own steady clock: nothing that another clock says is enough to take a lock. Throws E_LOCKED (8) at a sign of life.
 */
export async function takeOver(
  leases: Leases,
  { duration, renewal }: LockTimes,
  signal: AbortSignal,
): Promise<Lease> {
  const started = performance.now();
  let first: Lease | undefined;
  for (;;) {
    const { lease, silentFor = 0 } = await leases.createOrSee(signal);
    if (lease.spec.holderIdentity === leases.holder) return lease;
    first ??= lease;
    const another =
      lease.metadata.uid !== first.metadata.uid || lease.spec.holderIdentity !== first.spec.holderIdentity;
    if (another || lease.spec.renewTime !== first.spec.renewTime) throw locked(lease);
    const stated = (lease.spec.leaseDurationSeconds ?? duration / 1000) * 1000;
    const seen = performance.now() - started;
    // One that the server has not heard of for long has only to miss its next sign of life.
    const enough = silentFor - rounding >= stated ? Math.min(stated, renewal * 1.5) : stated;
    if (seen >= enough || isGone(processOf(lease))) {
      const transitions = (lease.spec.leaseTransitions ?? 0) + 1;
      const taken = await leases.claim(lease, signal, { acquireTime: now(), leaseTransitions: transitions });
      if (taken) return taken;
    }
    await delay(Math.min(renewal / 4, 1000), signal);
  }
}

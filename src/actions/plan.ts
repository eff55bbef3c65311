import type { Plan } from '../core/change.ts';
import { isUnchanged } from '../core/change-counts.ts';
import type { Emit } from '../core/events.ts';
import { placeFlags } from '../core/place-flags.ts';
import type { DesiredService, Target } from '../targets/target.ts';
import type { Environment, Service, Workspace } from '../workspace/model.ts';
import { desiredServices, type Supply } from './desired.ts';
import { type Standing, standingOf } from './records-of.ts';
import { warnOfStrangers } from './strangers.ts';

/** What a deploy would change, and what it was planned for. Reads only: never builds, pushes or writes. */
export async function plan(
  options: { services: readonly Service[] },
  deps: {
    workspace: Workspace;
    environment: Environment;
    target: Pick<Target, 'plan' | 'status' | 'records' | 'heldLock'>;
    supply: Supply;
    emit: Emit;
  },
): Promise<{ plan: Plan; desired: readonly DesiredService[] }> {
  const desired = await desiredServices(options.services, deps.environment, deps.supply);
  // What the history says is beside the point, and stops nothing.
  const standing = standingOf(deps.target).catch((): Standing => ({}));
  const [result, status] = await Promise.all([deps.target.plan(desired), deps.target.status()]);
  for (const message of result.warnings ?? []) deps.emit({ type: 'warning', message });
  if (isUnchanged(result)) await warnOfLater(await standing, { plan: result, desired }, deps);
  warnOfStrangers(status, deps);
  return { plan: result, desired };
}

/** Nothing to change is not nothing wrong: a release that failed may have written all of it. */
async function warnOfLater(
  { live, later }: Standing,
  { plan, desired }: { plan: Plan; desired: readonly DesiredService[] },
  { environment, target, emit }: { environment: Environment; target: Pick<Target, 'records'>; emit: Emit },
): Promise<void> {
  if (!later || later.state === 'pending') return;
  const cause = { action: 'deploy', services: desired.map(({ service }) => service) } as const;
  if (!(await target.records?.matches(later, { plan, cause }).catch(() => false))) return;
  const fate = later.state === 'failed' ? 'failed' : 'was interrupted';
  const place = placeFlags({ environment: environment.name, flags: environment.flags });
  const back = live ? `; cloudnative rollback ${place} goes back to release ${live.number}` : '';
  emit({
    type: 'warning',
    message: `what is there is what release ${later.number} wanted, and that ${fate}${back}`,
  });
}

import type { Plan } from '../core/change.ts';
import type { Emit } from '../core/events.ts';
import type { DesiredService, Target } from '../targets/target.ts';
import type { Environment, Service, Workspace } from '../workspace/model.ts';
import { desiredServices, type Supply } from './desired.ts';
import { warnOfStrangers } from './strangers.ts';

/** What a deploy would change, and what it was planned for. Reads only: never builds, pushes or writes. */
export async function plan(
  options: { services: readonly Service[] },
  deps: {
    workspace: Workspace;
    environment: Environment;
    target: Pick<Target, 'plan' | 'status'>;
    supply: Supply;
    emit: Emit;
  },
): Promise<{ plan: Plan; desired: readonly DesiredService[] }> {
  const desired = await desiredServices(options.services, deps.environment, deps.supply);
  const [result, status] = await Promise.all([deps.target.plan(desired), deps.target.status()]);
  for (const message of result.warnings ?? []) deps.emit({ type: 'warning', message });
  warnOfStrangers(status, deps);
  return { plan: result, desired };
}

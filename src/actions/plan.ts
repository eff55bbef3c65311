import type { Plan } from '../core/change.ts';
import type { Emit } from '../core/events.ts';
import type { Target } from '../targets/target.ts';
import type { Environment, Service, Workspace } from '../workspace/model.ts';
import { desiredServices, type Supply } from './desired.ts';
import { warnOfStrangers } from './strangers.ts';

/** What a deploy would change. Reads only: never builds, pushes or writes. */
export async function plan(
  options: { services: readonly Service[] },
  deps: {
    workspace: Workspace;
    environment: Environment;
    target: Pick<Target, 'plan' | 'status'>;
    supply: Supply;
    emit: Emit;
  },
): Promise<Plan> {
  const result = await deps.target.plan(
    await desiredServices(options.services, deps.environment, deps.supply),
  );
  for (const message of result.warnings ?? []) deps.emit({ type: 'warning', message });
  warnOfStrangers(await deps.target.status(), deps);
  return result;
}

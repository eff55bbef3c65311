import type { Plan } from '../core/change.ts';
import type { Target } from '../targets/target.ts';
import type { Environment, Service } from '../workspace/model.ts';
import { desiredServices, type Supply } from './desired.ts';

/** What a deploy would change. Reads only: never builds, pushes or writes. */
export async function plan(
  options: { services: readonly Service[] },
  deps: { environment: Environment; target: Pick<Target, 'plan'>; supply: Supply },
): Promise<Plan> {
  return deps.target.plan(await desiredServices(options.services, deps.environment, deps.supply));
}

import { ExpectedError } from './errors.ts';
import { placeFlags } from './place-flags.ts';

/** For what can only be asked of services that are there. */
export function notDeployed(
  services: readonly string[],
  { app, environment, flags }: { app: string; environment: string; flags?: string },
): ExpectedError {
  return new ExpectedError({
    code: 'E_NOT_DEPLOYED',
    exit: 'notFound',
    message: `${services.join(', ')} ${services.length === 1 ? 'is' : 'are'} not deployed to ${environment}`,
    where: `${app}, environment ${environment}`,
    hints: [`cloudnative deploy ${placeFlags({ environment, flags })}`],
  });
}

import { ExpectedError } from '../core/errors.ts';
import type { ScrapeScope, ScrapeSource } from '../observability/scrape-config.ts';
import type { Environment, Service, Workspace } from '../workspace/model.ts';

/** What is to be scraped, and where it is found; every form of the configuration is made from these two. */
export interface Scraped {
  scope: ScrapeScope;
  source: ScrapeSource;
}

/** Throws E_NOT_DEPLOYED, E_NO_PODS (4) where there is nothing that a configuration could name. */
export async function scraped(
  options: { services: readonly Service[] },
  deps: { workspace: Workspace; environment: Environment; source: () => Promise<ScrapeSource> },
): Promise<Scraped> {
  const services = options.services.map(({ name }) => name);
  const source = await deps.source();
  if (source.kind === 'process') {
    const missing = services.filter((name) => !source.instances.some(({ service }) => service === name));
    if (missing.length > 0) throw notDeployed(missing, deps.environment.name);
  }
  if (source.kind === 'kubernetes' && source.workloads?.length === 0) throw noPods(deps.workspace.name);
  return { scope: { app: deps.workspace.name, environment: deps.environment.name, services }, source };
}

function notDeployed(missing: readonly string[], environment: string): ExpectedError {
  return new ExpectedError({
    code: 'E_NOT_DEPLOYED',
    exit: 'notFound',
    message: `${missing.join(', ')} ${missing.length === 1 ? 'has' : 'have'} no address in ${environment} yet`,
    why: 'a process gets its ports at its first deploy',
    hints: [`cloudnative deploy -e ${environment}`],
  });
}

function noPods(app: string): ExpectedError {
  return new ExpectedError({
    code: 'E_NO_PODS',
    exit: 'notFound',
    message: `the manifests of ${app} make no pods that could be found by their labels`,
    hints: ['give the pod templates labels and the annotations prometheus.io/scrape and prometheus.io/port'],
  });
}

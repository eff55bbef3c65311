import { ExpectedError } from '../core/errors.ts';
import { type ScrapeSource, scrapeConfig } from '../observability/scrape-config.ts';
import type { Environment, Service, Workspace } from '../workspace/model.ts';

/** The complete Prometheus configuration, as data, that finds exactly the given services in the environment. */
export async function prometheusConfig(
  options: { services: readonly Service[] },
  deps: { workspace: Workspace; environment: Environment; source: () => Promise<ScrapeSource> },
): Promise<object> {
  const services = options.services.map(({ name }) => name);
  const source = await deps.source();
  if (source.kind === 'process') {
    const missing = services.filter((name) => !source.instances.some(({ service }) => service === name));
    if (missing.length > 0) throw notDeployed(missing, deps.environment.name);
  }
  return scrapeConfig({ app: deps.workspace.name, environment: deps.environment.name, services }, source);
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

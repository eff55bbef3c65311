import type { Deployed } from '../capabilities/capability.ts';

/** What tells the series of a service in a place from all others. */
export type Instance = Pick<Deployed, 'namespace' | 'service' | 'environment'>;

/** Its labels, as the scrape configuration sets them. */
export function labelsOf({ namespace, service, environment }: Instance): Record<string, string> {
  return { namespace, service, env: environment };
}

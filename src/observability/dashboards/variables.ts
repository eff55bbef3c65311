import type { Monitored } from '../capabilities/capability.ts';
import { buildInfo } from '../metrics.ts';
import { anyOf, matchers, quoted } from '../promql.ts';

/** An environment, and the namespace that its series have. */
export interface KnownPlace {
  environment: string;
  namespace: string;
}

/** What is chosen in the dashboard, as matchers of its queries. */
export const shown = matchers({ namespace: '$namespace', service: '$service', env: '$env' });

export const datasource = { type: 'prometheus', uid: '$datasource' };

/** Prometheus, then environment and namespace among those of the workspace: others may have a service of this name, too. */
export function variables({ service }: Monitored, places: readonly KnownPlace[]): object[] {
  const unique = (values: string[]) => quoted(anyOf([...new Set(values)].sort()));
  const known = [
    ...matchers({ service }),
    `env=~${unique(places.map(({ environment }) => environment))}`,
    `namespace=~${unique(places.map(({ namespace }) => namespace))}`,
  ];
  return [
    {
      name: 'datasource',
      label: 'Prometheus',
      type: 'datasource',
      query: 'prometheus',
      current: {},
      hide: 0,
      includeAll: false,
      multi: false,
      options: [],
      refresh: 1,
      regex: '',
    },
    {
      name: 'service',
      label: 'Service',
      type: 'constant',
      query: service,
      current: { selected: true, text: service, value: service },
      hide: 2,
      options: [],
    },
    labelVariable('env', 'Environment', known),
    labelVariable('namespace', 'Namespace', [...known, 'env="$env"']),
  ];
}

function labelVariable(name: string, label: string, where: readonly string[]): object {
  const query = `label_values(${buildInfo.name}{${where.join(', ')}}, ${name})`;
  return {
    name,
    label,
    type: 'query',
    datasource,
    definition: query,
    query: { query, refId: name },
    current: {},
    hide: 0,
    includeAll: false,
    multi: false,
    options: [],
    refresh: 2,
    regex: '',
    sort: 1,
  };
}

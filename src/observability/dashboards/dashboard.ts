import { createHash } from 'node:crypto';
import { capabilitiesOf } from '../capabilities/all.ts';
import { type Monitored, type Panel, rows } from '../capabilities/capability.ts';
import { buildInfo } from '../metrics.ts';
import { series } from '../promql.ts';
import { arrange } from './arrange.ts';
import { panelJson } from './panel-json.ts';
import { datasource, type KnownPlace, shown, variables } from './variables.ts';

/** One service in all its environments, as Grafana 11 and later import it. The same input gives the same bytes. */
export function dashboard(service: Monitored, places: readonly KnownPlace[]): object {
  return {
    uid: uidOf(service),
    title: `${service.app} / ${service.service}`,
    description: `Requests, errors, latency and saturation of ${service.service}. Made by cloudnative dashboards; changes are lost when it is made anew.`,
    tags: ['cloudnative', service.app],
    schemaVersion: 39,
    editable: false,
    graphTooltip: 1,
    refresh: '30s',
    time: { from: 'now-6h', to: 'now' },
    timezone: 'browser',
    links: [otherServices(service)],
    templating: { list: variables(service, places) },
    annotations: { list: [releases()] },
    panels: arrange(rows, panelsOf(service)).map(panelJson),
  };
}

/** At most 40 characters, the same for the same service of the same app, whatever machine makes it. */
function uidOf({ app, service }: Monitored): string {
  return `cn-${createHash('sha256')
    .update(JSON.stringify([app, service]))
    .digest('hex')
    .slice(0, 32)}`;
}

function panelsOf(service: Monitored): Panel[] {
  return capabilitiesOf(service).flatMap(({ panels }) => panels(service, shown));
}

function otherServices({ app }: Monitored): object {
  return {
    type: 'dashboards',
    title: `Services of ${app}`,
    tags: ['cloudnative', app],
    asDropdown: true,
    keepTime: true,
    includeVars: false,
    targetBlank: false,
  };
}

/** A version's first five minutes: 1 as long as the version was not there five minutes before. */
function releases(): object {
  const versions = (over: string) => `max by (version, revision) (${series(buildInfo, shown)}${over})`;
  return {
    name: 'Releases',
    datasource,
    enable: true,
    hide: false,
    iconColor: 'purple',
    expr: `${versions('')}\nunless\n${versions(' offset 5m')}`,
    step: '60s',
    titleFormat: 'Release {{version}}',
    tagKeys: 'version,revision',
  };
}

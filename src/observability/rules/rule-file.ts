import { plainText } from '../../core/terminal-text.ts';
import { stringifyYaml } from '../../core/yaml.ts';
import { plain } from '../alert-text.ts';
import { capabilitiesOf } from '../capabilities/all.ts';
import type { Alert, Deployed } from '../capabilities/capability.ts';
import { latencyText } from '../objectives.ts';
import { matchers, type Place } from '../promql.ts';
import { labelsOf } from './instance.ts';

/** The text of a Prometheus rule file: recordings and alerts of each service, in a group of its own. */
export function ruleFile(services: readonly Deployed[], runbooks: string): string {
  const groups = services.map((service) => ({
    name: `${service.app}-${service.environment}-${service.service}`,
    rules: [
      // Told apart by labels of their own: promtool takes rules of one name and the same labels for a mistake.
      ...recordingsOf(service).map((recording) => ({ ...recording, labels: labelsOf(service) })),
      ...alertsOf(service).map((alert) => alertRule(alert, service, runbooks)),
    ],
  }));
  const [first] = services;
  const title = `Rules of ${first?.app} on ${first?.environment}, made by cloudnative rules. Changes are lost when they are made anew.`;
  return [title, ...services.map(promise)].map(comment).join('') + stringifyYaml({ groups });
}

/** Labels that tell the service's series in its environment from all others. */
export function placeOf(service: Deployed): Place {
  return matchers(labelsOf(service));
}

export function alertsOf(service: Deployed): Alert[] {
  return capabilitiesOf(service).flatMap(({ alerts }) => alerts?.(service, placeOf(service)) ?? []);
}

/** Of the heading of an alert in its page, as Markdown renderers make it. */
export function anchorOf({ alert }: Pick<Alert, 'alert'>): string {
  return alert.toLowerCase();
}

function recordingsOf(service: Deployed) {
  return capabilitiesOf(service).flatMap(({ recordings }) => recordings?.(placeOf(service)) ?? []);
}

function alertRule(alert: Alert, service: Deployed, runbooks: string): object {
  const { severity, summary, description } = alert;
  return {
    alert: alert.alert,
    expr: alert.expr,
    ...(alert.for && { for: alert.for }),
    labels: { severity, ...labelTemplates(labelsOf(service)) },
    annotations: {
      summary,
      description,
      runbook_url: plain(`${runbooks}/${service.service}.md#${anchorOf(alert)}`),
    },
  };
}

function labelTemplates(labels: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(labels).map(([name, value]) => [name, plain(value)]));
}

/** What the service is held to, and where that comes from. */
function promise({ service, target, memoryLimit }: Deployed): string {
  const from = (key: 'availability' | 'latency') =>
    target.defaults.includes(key) ? ' (by default; objectives in service.yaml set it)' : '';
  const memory = memoryLimit === undefined ? 'none known' : `${memoryLimit} bytes, by the manifests`;
  return `${service}: availability ${target.availability}%${from('availability')}, latency ${latencyText(target.latency)}${from('latency')}, memory limit ${memory}.`;
}

function comment(text: string): string {
  return `# ${plainText(text).replace(/[\n\r\u0085\u2028\u2029]+/g, ' ')}\n`;
}

import type { TargetGroup } from './discovery/target-group.ts';
import { LabelSet } from './relabel/label-set.ts';

/** What a job says of its targets beside the rules. */
export interface JobDefaults {
  job: string;
  /** As Prometheus writes durations, e.g. `15s`. */
  interval: string;
  timeout: string;
}

/** One target as Prometheus scrapes it. */
export interface ScrapeTarget {
  url: string;
  address: string;
  scheme: string;
  path: string;
  /** Those on every series, `instance` and `job` among them; sorted by name. */
  labels: Record<string, string>;
  /** Equal where Prometheus takes two for one. */
  identity: string;
}

/** The labels that Prometheus gives the targets of a group before its rules: those of each target go before the group's. */
export function discoveredLabels(
  { labels: shared }: Pick<TargetGroup, 'labels'>,
  { job, interval, timeout }: JobDefaults,
): (own: Readonly<Record<string, string>>) => LabelSet {
  const defaults: Record<string, string> = {
    job,
    __scrape_interval__: interval,
    __scrape_timeout__: timeout,
    __metrics_path__: '/metrics',
    __scheme__: 'http',
  };
  const given = Object.entries(shared).filter(([, value]) => value !== '');
  const base = new Map([...Object.entries(defaults), ...given]);
  return (own) => {
    const all = new LabelSet(base);
    for (const name in own) all.set(name, own[name] || (defaults[name] ?? ''));
    return all;
  };
}

/** The target that is left after the rules, or why Prometheus refuses it. Completes the labels. */
export function scrapeTarget(labels: LabelSet): ScrapeTarget | { refused: string } {
  const get = (name: string) => labels.get(name);
  const address = get('__address__');
  const refused =
    addressProblem(address) ?? intervalProblem(get('__scrape_interval__'), get('__scrape_timeout__'));
  if (refused) return { refused };
  if (get('instance') === '') labels.set('instance', address);
  const names = labels.names().filter((name) => !name.startsWith('__meta_'));
  names.sort();
  const [scheme, path] = [get('__scheme__'), get('__metrics_path__')];
  const url = `${scheme}://${address}${pathOf(path)}${queryOf(names, labels)}`;
  const visible: Record<string, string> = {};
  let identity = url;
  for (const name of names) {
    const value = get(name);
    identity += `\u0000${name}\u0000${value}`;
    if (!name.startsWith('__')) visible[name] = value;
  }
  return { url, address, scheme, path, labels: visible, identity };
}

function addressProblem(address: string): string | undefined {
  if (address === '') return 'it has no address';
  return address.includes('/') ? `${JSON.stringify(address)} is no address: it has a slash` : undefined;
}

function intervalProblem(interval: string, timeout: string): string | undefined {
  const [every, atMost] = [milliseconds(interval), milliseconds(timeout)];
  if (!every) return `${JSON.stringify(interval)} is no interval`;
  if (!atMost) return `${JSON.stringify(timeout)} is no timeout`;
  return atMost > every ? `its timeout of ${timeout} is longer than its interval of ${interval}` : undefined;
}

const units = [31_536_000_000, 604_800_000, 86_400_000, 3_600_000, 60_000, 1000, 1];

/** Undefined for what Prometheus does not take for a duration. */
function milliseconds(text: string): number | undefined {
  const parts = /^(?:(\d+)y)?(?:(\d+)w)?(?:(\d+)d)?(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?(?:(\d+)ms)?$/.exec(text);
  if (!parts || text === '') return undefined;
  return units.reduce((sum, unit, index) => sum + unit * Number(parts[index + 1] ?? 0), 0);
}

/** As Go writes the path of a URL. */
function pathOf(path: string): string {
  const escaped = path.replace(/[^A-Za-z0-9\-_.~$&+,/:;=@]/gu, percent);
  return escaped === '' || escaped.startsWith('/') ? escaped : `/${escaped}`;
}

const parameter = '__param_';

function queryOf(names: readonly string[], labels: LabelSet): string {
  const parameters = names.filter((name) => name.startsWith(parameter));
  const escaped = (text: string) => text.replace(/[^A-Za-z0-9\-_.~ ]/gu, percent).replaceAll(' ', '+');
  const text = parameters
    .map((name) => `${escaped(name.slice(parameter.length))}=${escaped(labels.get(name))}`)
    .join('&');
  return text && `?${text}`;
}

function percent(character: string): string {
  return [...Buffer.from(character)]
    .map((byte) => `%${byte.toString(16).toUpperCase().padStart(2, '0')}`)
    .join('');
}

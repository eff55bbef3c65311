import { identity, type Metric } from './metrics.ts';

/** Matchers that leave one service in one place, such as `service="orders"`. */
export type Place = readonly string[];

export interface Selection<Label extends string> {
  /** Of a histogram or summary. */
  part?: 'bucket' | 'count' | 'sum';
  /** Regular expressions that labels must match. */
  where?: Partial<Record<Label, string>>;
  /** Of a range: `5m`. */
  over?: string;
}

/** A selector of series: `build_info{service="orders"}`. Only labels that the metric has can be asked for. */
export function series<Label extends string>(
  { name }: Metric<Label>,
  at: Place,
  { part, where = {}, over }: Selection<Label> = {},
): string {
  const matchers = Object.entries<string>(where as Record<string, string>).map(
    ([label, regex]) => `${label}=~${quoted(regex)}`,
  );
  const suffix = part ? `_${part}` : '';
  return `${name}${suffix}{${[...at, ...matchers].join(', ')}}${over ? `[${over}]` : ''}`;
}

/** A sum for the service as a whole, or by more labels. */
export function sumBy(expression: string, labels: readonly string[] = []): string {
  return `sum by (${[...identity, ...labels].join(', ')}) (${expression})`;
}

/** The part of `all` that `bad` is. 0 where nothing bad has happened yet, and no value without traffic. */
export function ratio(bad: string, all: string): string {
  return `(\n  ${bad}\n  or\n  0 * ${all}\n)\n/\n(${all} > 0)`;
}

/** One exact value of each label. */
export function matchers(labels: Readonly<Record<string, string>>): Place {
  return Object.entries(labels).map(([label, value]) => `${label}=${quoted(value)}`);
}

/** A regular expression for exactly these. */
export function anyOf(values: readonly string[]): string {
  return values.map((value) => value.replace(/[\\^$.|?*+()[\]{}]/g, '\\$&')).join('|');
}

/** A string of PromQL, and of Prometheus' templates: both read JSON's escapes. */
export function quoted(text: string): string {
  return JSON.stringify(text);
}

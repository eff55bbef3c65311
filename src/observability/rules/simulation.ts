import type { Simulated } from '../capabilities/capability.ts';
import { matchers } from '../promql.ts';
import { type Instance, labelsOf } from './instance.ts';

/**
 * Series of one instance in promtool's notation, a sample a minute. The first and last stretch of minutes are as usual;
 * the second, if there is one, has the values of the trouble.
 */
export function told(
  service: Instance,
  usual: readonly Simulated[],
  minutes: readonly number[],
  trouble: readonly Simulated[] = usual,
): { series: string; values: string }[] {
  return usual.map((one, index) => ({
    series: seriesText(service, one),
    values: values(
      one.kind,
      minutes.map((length, stretch) => ({ length, value: (stretch === 1 ? trouble[index]! : one).value })),
    ),
  }));
}

/** Services that share all but one label with this one. */
export function strangersOf(service: Instance, known: readonly Instance[]): Instance[] {
  const other = (value: string) => `${value}-of-others`;
  const strangers = [
    { ...service, namespace: other(service.namespace) },
    { ...service, environment: other(service.environment) },
    { ...service, service: other(service.service) },
  ];
  return strangers.filter((one) => !known.some((two) => sameAs(one, two)));
}

function sameAs(one: Instance, two: Instance): boolean {
  return (
    one.namespace === two.namespace && one.environment === two.environment && one.service === two.service
  );
}

function seriesText(service: Instance, { name, labels = {} }: Simulated): string {
  const all = { ...labelsOf(service), pod: 'one', instance: 'one:9100', ...labels };
  return `${name}{${matchers(all).join(', ')}}`;
}

/** `5+5x3` is 5, 10, 15, 20. Where a series ends, it is marked as stale, as Prometheus does for a target that is gone. */
function values(
  kind: Simulated['kind'],
  stretches: readonly { length: number; value: number | null }[],
): string {
  let count = 0;
  let there = false;
  const parts: string[] = [];
  for (const { length, value } of stretches) {
    if (value === null) parts.push(there ? `stale _x${length - 1}` : `_x${length}`);
    else if (kind === 'gauge') parts.push(`${value}+0x${length - 1}`);
    else {
      parts.push(`${count + value}+${value}x${length - 1}`);
      count += value * length;
    }
    there = value !== null;
  }
  return parts.join(' ');
}

import type { Deployed } from '../../../src/observability/capabilities/capability.ts';
import { targetOf } from '../../../src/observability/objectives.ts';

/** A service on a cluster, as rules see it. */
export function deployedService(different: Partial<Deployed> = {}): Deployed {
  return {
    app: 'shop',
    environment: 'staging',
    namespace: 'shop',
    service: 'orders',
    language: 'go',
    calls: [],
    target: targetOf(),
    memoryLimit: 2 ** 28,
    place: 'kubernetes',
    ...different,
  };
}

/** Text that breaks what does not quote it: YAML, PromQL, templates, JSON, Markdown. */
export const hostileTexts = [
  `a"b'c\\d`,
  '{{ $labels.x }}{{',
  '}} end {{ end }}',
  'line\nbreak\r# and comment',
  '$env `tick` %s',
  'a: [b, {c}] & *d !e |',
  '".*"} or vector(1) #',
  '(.+)|a',
  ' é中\u0085',
  'no',
  '1e3',
];

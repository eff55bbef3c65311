import { apiGroup } from '../../../core/kubernetes-object.ts';
import { podSpecOf } from '../../../manifests/pod-specs.ts';
import { callOrder } from '../../../plan/call-order.ts';
import type { Service } from '../../../workspace/model.ts';
import type { PlacedObject } from './placed-objects.ts';

/**
 * For each id the ids that come first: namespaces and definitions, then what pods use, then workloads, each after those of the
 * services that its own calls, then what refers to workloads. Services that call each other in a circle do not wait for each other.
 */
export function orderOf(
  objects: readonly { id: string; desired: PlacedObject }[],
  services: readonly Service[],
): Map<string, string[]> {
  const ranked = objects.map(({ id, desired }) => ({ id, service: desired.service, rank: rankOf(desired) }));
  const workloads = (service: string) =>
    ranked.filter((one) => one.service === service && one.rank === 2).map(({ id }) => id);
  const callees = callOrder(services.map(({ name, calls }) => ({ service: name, calls })));
  return new Map(
    ranked.map(({ id, service, rank }) => {
      const first = ranked.filter((one) => one.rank === 0 && rank > 0);
      const own = ranked.filter((one) => one.service === service && one.rank > 0 && one.rank < rank);
      const called = rank === 2 ? callees(service).flatMap(workloads) : [];
      return [
        id,
        [...new Set([...first.map((one) => one.id), ...own.map((one) => one.id), ...called])].sort(),
      ];
    }),
  );
}

function rankOf({ object }: PlacedObject): 0 | 1 | 2 | 3 {
  const { kind } = object;
  if (
    kind === 'Namespace' ||
    (kind === 'CustomResourceDefinition' && apiGroup(object).startsWith('apiextensions'))
  )
    return 0;
  if (kind === 'HorizontalPodAutoscaler') return 3;
  return podSpecOf(object) ? 2 : 1;
}

import type { KubernetesObject } from '../../../core/kubernetes-object.ts';
import { podSpecOf } from '../../../manifests/pod-specs.ts';
import { type Item, type Items, kindOf } from './item.ts';

/** Which of a plan's workloads run the pods that a Service of it leads to. */
export interface Served {
  /** Services that lead to the workload's pods. */
  servicesOf(workload: Item): Item[];
  /** A Service, and the workloads behind it. */
  behind(name: string | undefined): Item[];
}

/** Looks at the labels of pods; each Service is compared only with the pods that have the rarest of its labels. */
export function servedBy(items: Items): Served {
  const workloads = items.all.filter(({ desired }) => podSpecOf(desired.object));
  const withLabel = new Map<string, Item[]>();
  for (const item of workloads)
    for (const label of Object.entries(podLabels(item.desired.object)))
      withLabel.set(label.join('='), [...(withLabel.get(label.join('=')) ?? []), item]);
  const services = new Map<Item, Item[]>();
  const byService = new Map<Item, Item[]>();
  for (const service of items.all.filter(({ desired }) => kindOf(desired.object) === '/Service')) {
    const { selector } = (service.desired.object.spec ?? {}) as { selector?: Record<string, string> | null };
    const wanted = Object.entries(selector ?? {});
    const candidates = wanted.map((label) => withLabel.get(label.join('=')) ?? []);
    const fewest = candidates.sort((a, b) => a.length - b.length)[0] ?? [];
    const found = fewest.filter(({ desired }) => {
      const labels = podLabels(desired.object);
      return wanted.every(([name, value]) => labels[name] === value);
    });
    byService.set(service, found);
    for (const workload of found) services.set(workload, [...(services.get(workload) ?? []), service]);
  }
  return {
    servicesOf: (workload) => services.get(workload) ?? [],
    behind: (name) =>
      items.find('/Service', name).flatMap((service) => [service, ...(byService.get(service) ?? [])]),
  };
}

function podLabels(object: KubernetesObject): Record<string, string> {
  if (object.kind === 'Pod') return object.metadata.labels ?? {};
  const { template } = (object.spec ?? {}) as {
    template?: { metadata?: { labels?: Record<string, string> | null } };
  };
  return template?.metadata?.labels ?? {};
}

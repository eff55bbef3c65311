import type { KubernetesObject } from '../../core/kubernetes-object.ts';
import type { Tell } from '../finding.ts';
import { record, records, text } from '../json.ts';
import { containersOf, type PodTemplate } from '../workloads.ts';

/** What containers mount is a volume of their pod, or one that a StatefulSet claims for it. */
export function checkMounts(object: KubernetesObject, pod: PodTemplate, tell: Tell): void {
  const claims = records(record(object.spec).volumeClaimTemplates).map(
    ({ item }) => record(item.metadata).name,
  );
  const known = new Set([...records(pod.spec.volumes).map(({ item }) => item.name), ...claims]);
  for (const { container, path } of containersOf(pod)) {
    for (const field of ['volumeMounts', 'volumeDevices']) {
      for (const { item, index } of records(container[field])) {
        if (!text(item.name) || known.has(item.name)) continue;
        const message = `is ${item.name}, which is no volume of the pod`;
        tell({ rule: 'unknown-volume', path: [...path, field, index, 'name'], message });
      }
    }
  }
}

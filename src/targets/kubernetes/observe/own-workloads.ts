import type { KubernetesObject } from '../../../core/kubernetes-object.ts';
import { matchesSelector, type Selector } from '../../../core/label-selector.ts';
import { labels } from '../../../core/labels.ts';
import type { Pod } from '../../../status/pod.ts';
import { listAll } from '../api/lists.ts';
import type { Cluster } from '../cluster.ts';
import { podsPath } from '../rollout/pods-of.ts';
import { workloadKinds } from '../rollout/workloads.ts';

/** A workload of the app with the pods that its selector finds, new ones and old. */
export interface OwnWorkload {
  service: string;
  object: KubernetesObject;
  pods: readonly Pod[];
}

/** Everything of the app that runs pods, of the named services or all; by six lists whatever their number. */
export async function ownWorkloads(
  services: readonly string[] | undefined,
  cluster: Cluster,
  signal?: AbortSignal,
): Promise<OwnWorkload[]> {
  const [pods, workloads] = await Promise.all([
    listAll(cluster.api, podsPath(cluster.namespace), { apiVersion: 'v1', kind: 'Pod' }, { signal }),
    listWorkloads(services, cluster, signal),
  ]);
  return withPods(workloads, pods as Pod[]);
}

export type Workload = Omit<OwnWorkload, 'pods'>;

export async function listWorkloads(
  services: readonly string[] | undefined,
  { api, scope, namespace }: Cluster,
  signal?: AbortSignal,
): Promise<Workload[]> {
  const labelSelector = `${labels.app}=${scope.app},${labels.environment}=${scope.environment}`;
  const path = ({ apiVersion, name }: (typeof workloadKinds)[number]) =>
    `/${apiVersion === 'v1' ? 'api' : 'apis'}/${apiVersion}/namespaces/${encodeURIComponent(namespace)}/${name}`;
  const lists = await Promise.all(
    workloadKinds.map((kind) => listAll(api, path(kind), kind, { labelSelector, signal })),
  );
  return lists
    .flat()
    .map((object) => ({ object, service: object.metadata.labels?.[labels.service] ?? '' }))
    .filter(({ service }) => service !== '' && (!services || services.includes(service)));
}

export function withPods(workloads: readonly Workload[], pods: readonly Pod[]): OwnWorkload[] {
  return workloads.map((one) => ({ ...one, pods: pods.filter((pod) => isPodOf(one.object, pod)) }));
}

export function isPodOf(workload: KubernetesObject, { metadata }: Pod): boolean {
  if (workload.kind === 'Pod') return metadata.uid === workload.metadata.uid;
  const { selector } = (workload.spec ?? {}) as { selector?: Selector };
  return matchesSelector(metadata.labels ?? {}, selector);
}

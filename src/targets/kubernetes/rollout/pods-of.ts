import type { KubernetesObject } from '../../../core/kubernetes-object.ts';
import type { Pod } from '../../../status/pod.ts';
import { listAll } from '../api/lists.ts';
import type { Cluster } from '../cluster.ts';
import { type Selector, selectorText } from './selector.ts';

const podKind = { apiVersion: 'v1', kind: 'Pod' };

/** The pods that a workload's present version runs, those of older versions left out. A Pod is its own. */
export async function podsOf(
  workload: KubernetesObject,
  cluster: Cluster,
  signal?: AbortSignal,
): Promise<Pod[]> {
  if (workload.kind === 'Pod') return [workload as Pod];
  const labelSelector = selectorText((workload.spec as { selector?: Selector } | undefined)?.selector);
  if (!labelSelector) return [];
  const owner =
    workload.kind === 'Deployment'
      ? await newestReplicaSet(workload, labelSelector, cluster, signal)
      : workload;
  if (!owner) return [];
  const pods = await listAll(cluster.api, podsPath(cluster.namespace), podKind, { labelSelector, signal });
  const revision = (workload.status as { updateRevision?: string } | undefined)?.updateRevision;
  return pods.filter((pod) => {
    if (!isOwnedBy(pod, owner)) return false;
    return workload.kind !== 'StatefulSet' || pod.metadata.labels?.['controller-revision-hash'] === revision;
  }) as Pod[];
}

export function podsPath(namespace: string): string {
  return `/api/v1/namespaces/${encodeURIComponent(namespace)}/pods`;
}

export function isOwnedBy({ metadata }: KubernetesObject, owner: KubernetesObject): boolean {
  const owners = (metadata.ownerReferences as { uid: string }[] | undefined) ?? [];
  return owners.some(({ uid }) => uid === owner.metadata.uid);
}

async function newestReplicaSet(
  deployment: KubernetesObject,
  labelSelector: string,
  { api, namespace }: Cluster,
  signal?: AbortSignal,
): Promise<KubernetesObject | undefined> {
  const kind = { apiVersion: 'apps/v1', kind: 'ReplicaSet' };
  const path = `/apis/apps/v1/namespaces/${encodeURIComponent(namespace)}/replicasets`;
  const sets = await listAll(api, path, kind, { labelSelector, metadataOnly: true, signal });
  const revision = ({ metadata }: KubernetesObject) =>
    Number(metadata.annotations?.['deployment.kubernetes.io/revision'] ?? 0);
  return sets.filter((set) => isOwnedBy(set, deployment)).sort((a, b) => revision(b) - revision(a))[0];
}

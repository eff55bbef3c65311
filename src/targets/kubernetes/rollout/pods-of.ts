import type { KubernetesObject } from '../../../core/kubernetes-object.ts';
import type { Pod } from '../../../status/pod.ts';
import { listAll } from '../api/lists.ts';
import type { Cluster } from '../cluster.ts';
import { podSelection, replicaSetSelection } from '../live/selections.ts';
import type { Selection } from '../live/watch-stream.ts';
import { matchesSelector, type Selector, selectorText } from './selector.ts';

/** All objects of a selection. */
export type ListObjects = (selection: Selection) => Promise<readonly KubernetesObject[]>;

/** The pods that a workload's present version runs, those of older versions left out. A Pod is its own. */
export async function podsOf(
  workload: KubernetesObject,
  { api, namespace }: Pick<Cluster, 'api' | 'namespace'>,
  signal?: AbortSignal,
  list?: ListObjects,
): Promise<Pod[]> {
  if (workload.kind === 'Pod') return [workload as Pod];
  const { selector } = (workload.spec ?? {}) as { selector?: Selector };
  const labelSelector = selectorText(selector);
  if (!labelSelector) return [];
  list ??= (selection) => listAll(api, selection.path, selection, { ...selection, labelSelector, signal });
  const isChosen = ({ metadata }: KubernetesObject) => matchesSelector(metadata.labels ?? {}, selector);
  const sets =
    workload.kind === 'Deployment' ? (await list(replicaSetSelection(namespace))).filter(isChosen) : [];
  const owner = workload.kind === 'Deployment' ? newestOf(sets, workload) : workload;
  if (!owner) return [];
  const pods = (await list(podSelection(namespace))).filter(isChosen);
  const revision = (workload.status as { updateRevision?: string } | undefined)?.updateRevision;
  return pods.filter((pod) => {
    if (!isOwnedBy(pod, owner)) return false;
    return workload.kind !== 'StatefulSet' || pod.metadata.labels?.['controller-revision-hash'] === revision;
  }) as Pod[];
}

export function podsPath(namespace: string): string {
  return podSelection(namespace).path;
}

export function isOwnedBy({ metadata }: KubernetesObject, owner: KubernetesObject): boolean {
  const owners = (metadata.ownerReferences as { uid: string }[] | undefined) ?? [];
  return owners.some(({ uid }) => uid === owner.metadata.uid);
}

/** The set of the revision that the deployment itself names: what is known of the sets may be older than what is known of it. */
function newestOf(
  sets: readonly KubernetesObject[],
  deployment: KubernetesObject,
): KubernetesObject | undefined {
  const revision = ({ metadata }: KubernetesObject) =>
    Number(metadata.annotations?.['deployment.kubernetes.io/revision'] ?? 0);
  const newest = sets
    .filter((set) => isOwnedBy(set, deployment))
    .sort((a, b) => revision(b) - revision(a))[0];
  return newest && revision(newest) >= revision(deployment) ? newest : undefined;
}

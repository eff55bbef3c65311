import type { KubernetesObject } from '../../../core/kubernetes-object.ts';
import { matchesSelector, type Selector, selectorText } from '../../../core/label-selector.ts';
import type { Pod } from '../../../status/pod.ts';
import { listAll } from '../api/lists.ts';
import type { Cluster } from '../cluster.ts';
import { podSelection, replicaSetSelection } from '../live/selections.ts';
import type { Selection } from '../live/watch-stream.ts';

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
  if (!selectorText(selector)) return [];
  list ??= lister(workload, api, signal);
  const owner =
    workload.kind === 'Deployment' ? await presentSet(workload, { api, namespace }, signal, list) : workload;
  if (!owner) return [];
  const pods = (await list(podSelection(namespace))).filter(isChosenBy(selector));
  return pods.filter((pod) => isOwnedBy(pod, owner) && !isOlder(pod, workload)) as Pod[];
}

/** What is known of the set (its metadata) that runs a Deployment's present version; undefined where it is not there yet. */
export async function presentSet(
  deployment: KubernetesObject,
  { api, namespace }: Pick<Cluster, 'api' | 'namespace'>,
  signal?: AbortSignal,
  list = lister(deployment, api, signal),
): Promise<KubernetesObject | undefined> {
  const { selector } = (deployment.spec ?? {}) as { selector?: Selector };
  return newestOf((await list(replicaSetSelection(namespace))).filter(isChosenBy(selector)), deployment);
}

export function podsPath(namespace: string): string {
  return podSelection(namespace).path;
}

export function isOwnedBy({ metadata }: KubernetesObject, owner: KubernetesObject): boolean {
  const owners = (metadata.ownerReferences as { uid: string }[] | undefined) ?? [];
  return owners.some(({ uid }) => uid === owner.metadata.uid);
}

function lister({ spec }: KubernetesObject, api: Cluster['api'], signal?: AbortSignal): ListObjects {
  const { selector } = (spec ?? {}) as { selector?: Selector };
  const labelSelector = selectorText(selector);
  return (selection) => listAll(api, selection.path, selection, { ...selection, labelSelector, signal });
}

/** Of a version before the present one, as its owner itself tells them apart. A Deployment does it by its sets. */
function isOlder({ metadata: { labels = {} } }: KubernetesObject, owner: KubernetesObject): boolean {
  if (owner.kind === 'StatefulSet') {
    const { updateRevision } = (owner.status ?? {}) as { updateRevision?: string };
    return labels['controller-revision-hash'] !== updateRevision;
  }
  if (owner.kind !== 'DaemonSet') return false;
  const present = owner.metadata.annotations?.['deprecated.daemonset.template.generation'];
  return Number(labels['pod-template-generation']) < Number(present);
}

function isChosenBy(selector: Selector | undefined): (object: KubernetesObject) => boolean {
  return ({ metadata }) => matchesSelector(metadata.labels ?? {}, selector);
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

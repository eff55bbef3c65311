import type { KubernetesObject } from '../../../core/kubernetes-object.ts';
import { type Condition, conditionOf } from '../../../status/conditions.ts';
import { type Cluster, getObject } from '../cluster.ts';
import { replicaSetSelection } from '../live/selections.ts';
import { type ListObjects, presentSet } from './pods-of.ts';

/**
 * A Deployment whose condition ReplicaFailure is that of its present version. The cluster's may as well be that of an older set, which
 * goes on asking for its pods until those of the new one are available. Anything else comes back as it is.
 */
export async function withOwnRefusal(
  workload: KubernetesObject,
  cluster: Pick<Cluster, 'api' | 'namespace'>,
  signal?: AbortSignal,
  list?: ListObjects,
): Promise<KubernetesObject> {
  if (workload.kind !== 'Deployment' || conditionOf(workload, 'ReplicaFailure')?.status !== 'True')
    return workload;
  const present = await presentSet(workload, cluster, signal, list);
  const path = `${replicaSetSelection(cluster.namespace).path}/${encodeURIComponent(present?.metadata.name ?? '')}`;
  const set = present && (await getObject(cluster, path, signal));
  const own = set && conditionOf(set, 'ReplicaFailure');
  const { conditions = [] } = workload.status as { conditions?: Condition[] };
  const others = conditions.filter(({ type }) => type !== 'ReplicaFailure');
  const status = { ...(workload.status as object), conditions: own ? [...others, own] : others };
  return { ...workload, status };
}

import type { KubernetesObject } from '../../../core/kubernetes-object.ts';
import { labels } from '../../../core/labels.ts';
import { addressOf } from '../address.ts';
import { isForbidden } from '../api/api-error.ts';
import { pathOf } from '../api/discovery.ts';
import { listAll } from '../api/lists.ts';
import { type Cluster, ownFields } from '../cluster.ts';
import { applySet } from '../record/apply-set.ts';
import type { FoundMember } from './found-members.ts';

/**
 * What an app without a record has: deployed before there were records, or its record was removed. By labels of ours on what
 * cloudnative applied, since a label alone can be copied; in the namespace, and of cluster-wide kinds.
 */
export async function unrecorded(cluster: Cluster): Promise<FoundMember[]> {
  const { api, scope, namespace } = cluster;
  const kinds = (await cluster.kinds('again')).preferred.filter(
    ({ verbs }) => verbs.includes('list') && verbs.includes('delete'),
  );
  const own = `${labels.app}=${scope.app},${labels.environment}=${scope.environment}`;
  const lists = await Promise.all(
    kinds.map(async (resource) => {
      const labelSelector = resource.namespaced ? own : `${own},${labels.namespace}=${namespace}`;
      const query = { labelSelector, metadataOnly: true };
      const items = await listAll(api, pathOf(resource, namespace), resource, query).catch(unlistable);
      return items.map((object) => ({ object, path: pathOf(resource, namespace, object.metadata.name) }));
    }),
  );
  const byUid = new Map<string, { object: KubernetesObject; path: string }>();
  // One object can be seen in several groups.
  for (const one of lists.flat()) {
    const uid = String(one.object.metadata.uid);
    if (!byUid.has(uid)) byUid.set(uid, one);
  }
  return [...byUid.values()]
    .filter(({ object }) => ownFields(object) !== undefined)
    .map(({ object, path }) => ({ member: memberOf(object), path, object }));
}

/**
 * The same where there is a sign that the app was deployed here before: an object is ours, or there is a release. To look at every
 * kind costs more than all else that a first deploy asks.
 */
export async function unrecordedWhere(
  { live, released }: { live: readonly (KubernetesObject | undefined)[]; released: boolean },
  cluster: Cluster,
): Promise<FoundMember[]> {
  const isOurs = (object: KubernetesObject | undefined) => object && ownFields(object) !== undefined;
  return released || live.some(isOurs) ? unrecorded(cluster) : [];
}

/** A kind that we may not list, which servers beside the main one say in words of their own, is none that we deployed. Nor is one whose own server is down, for now. */
function unlistable(error: unknown): KubernetesObject[] {
  const refused = isForbidden(error);
  const status = (error as { status?: number }).status;
  if (refused || [403, 404, 405, 503].includes(status ?? 0)) return [];
  throw error;
}

function memberOf(object: KubernetesObject): FoundMember['member'] {
  const service = object.metadata.labels?.[labels.service];
  const isLabelled = object.metadata.labels?.[applySet.partOf] !== undefined;
  const member = { ...addressOf(object), uid: String(object.metadata.uid), service };
  return isLabelled ? member : { ...member, unlabelled: true };
}

import type { KubernetesObject } from '../../../core/kubernetes-object.ts';
import { labels } from '../../../core/labels.ts';
import { isNotFound } from '../api/api-error.ts';
import { pathOf } from '../api/discovery.ts';
import { listAll } from '../api/lists.ts';
import type { Cluster } from '../cluster.ts';
import { leaseName } from '../lock/leases.ts';

/** What would go with a namespace and is none of the app's, e.g. `ConfigMap/settings and 2 more`; undefined when there is nothing. */
export async function othersIn(namespace: string, cluster: Cluster): Promise<string | undefined> {
  const kinds = (await cluster.kinds('again')).preferred.filter(
    ({ namespaced, verbs }) => namespaced && verbs.includes('list') && verbs.includes('delete'),
  );
  const lists = await Promise.all(
    kinds.map((resource) =>
      listAll(cluster.api, pathOf(resource, namespace), resource, { metadataOnly: true }).catch(vanished),
    ),
  );
  const others = lists.flat().filter((object) => !isOwn(object, cluster) && !isMadeByCluster(object));
  const names = [...new Set(others.map(({ kind, metadata }) => `${kind}/${metadata.name}`))].sort();
  const [first, ...rest] = names;
  return first && (rest.length === 0 ? first : `${first} and ${rest.length} more`);
}

/** A definition may go between our asking for kinds and for their objects, and they with it. */
function vanished(error: unknown): KubernetesObject[] {
  if (isNotFound(error)) return [];
  throw error;
}

function isOwn({ kind, metadata }: KubernetesObject, { scope }: Pick<Cluster, 'scope'>): boolean {
  const own = metadata.labels ?? {};
  const isLabelled = own[labels.app] === scope.app && own[labels.environment] === scope.environment;
  return isLabelled || (kind === 'Lease' && metadata.name === leaseName(scope));
}

/** What owns something is told itself, as are Services with their Endpoints; events are a diary; the rest every namespace has. */
function isMadeByCluster({ kind, metadata }: KubernetesObject): boolean {
  if ((metadata.ownerReferences as unknown[] | undefined)?.length) return true;
  if (kind === 'Event' || kind === 'Endpoints') return true;
  const usual = ['ServiceAccount/default', 'ConfigMap/kube-root-ca.crt'];
  return usual.includes(`${kind}/${metadata.name}`);
}

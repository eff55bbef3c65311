import type { Change } from '../../../core/change.ts';
import { ExpectedError } from '../../../core/errors.ts';
import { apiGroup, type KubernetesObject } from '../../../core/kubernetes-object.ts';
import { labels } from '../../../core/labels.ts';
import { pathOf, type Resource } from '../api/discovery.ts';
import { listAll } from '../api/lists.ts';
import { type Cluster, ownFields } from '../cluster.ts';
import { isOwnedBy, podsPath } from '../rollout/pods-of.ts';
import type { KeepStep, RemoveStep } from '../step.ts';

interface Found {
  id: string;
  object: KubernetesObject;
  path: string;
}

/**
 * The removal of what bears our labels and was applied by us, of the named services or of the whole app; in the namespace, and of
 * cluster-wide kinds. Namespaces, definitions and what holds data stay.
 */
export async function planRemoval(
  services: readonly string[] | undefined,
  cluster: Cluster,
): Promise<Change[]> {
  const found = await ownObjects(services, cluster);
  const owners = found.some(({ object }) => ownsPods(object)) ? await podOwners(cluster) : [];
  const workloads = found.filter(({ object }) => ownsPods(object)).map(({ id }) => id);
  const customs = found.filter(({ object }) => isCustom(object)).map(({ id }) => id);
  return found.map(({ id, object, path }): Change => {
    const service = object.metadata.labels?.[labels.service];
    const known = { id, service, fields: [] };
    if (isKept(object)) {
      const desired: KeepStep = { do: 'keep' };
      return {
        ...known,
        action: 'none',
        note: 'kept: it holds data or belongs to the cluster',
        after: [],
        desired,
      };
    }
    const pods = ownsPods(object)
      ? { path: podsPath(cluster.namespace), owners: descendants(String(object.metadata.uid), owners) }
      : undefined;
    const desired: RemoveStep = { do: 'remove', path, uid: String(object.metadata.uid), pods };
    // Pods end with what they use still there; an autoscaler would otherwise start them again, and of custom resources the pods
    // may be the controller, which has to end what it began.
    const after = ownsPods(object)
      ? [...autoscalers(found, object), ...customs]
      : customs.includes(id) || object.kind === 'HorizontalPodAutoscaler'
        ? []
        : workloads;
    return { ...known, action: 'remove', after, desired };
  });
}

/** What is labelled as the app's and was applied by cloudnative: a label alone can be copied. */
async function ownObjects(services: readonly string[] | undefined, cluster: Cluster): Promise<Found[]> {
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
      return items.map((object) => ({ object, resource }));
    }),
  );
  const byUid = new Map<string, { object: KubernetesObject; resource: Resource }>();
  // One object can be seen in several groups.
  for (const one of lists.flat()) {
    const uid = String(one.object.metadata.uid);
    if (!byUid.has(uid)) byUid.set(uid, one);
  }
  return [...byUid.values()]
    .filter(({ object }) => ownFields(object) !== undefined)
    .filter(({ object }) => !services || services.includes(object.metadata.labels?.[labels.service] ?? ''))
    .map(({ object, resource }) => ({
      id: idOf(
        object,
        [...byUid.values()].map((one) => one.object),
      ),
      object,
      path: pathOf(resource, namespace, object.metadata.name),
    }))
    .sort((a, b) => (a.id < b.id ? -1 : 1));
}

/** A kind that we may not list is none that we deployed. Nor is one whose own server is down, for now. */
function unlistable(error: unknown): KubernetesObject[] {
  const refused = error instanceof ExpectedError && error.explanation.code === 'E_FORBIDDEN';
  const gone = (error as { status?: number }).status;
  if (refused || gone === 404 || gone === 405 || gone === 503) return [];
  throw error;
}

function idOf(object: KubernetesObject, all: readonly KubernetesObject[]): string {
  const { kind, metadata } = object;
  const shared =
    all.filter((other) => other.kind === kind && other.metadata.name === metadata.name).length > 1;
  return `${kind}${shared && apiGroup(object) ? `.${apiGroup(object)}` : ''}/${metadata.name}`;
}

function isKept({ kind }: KubernetesObject): boolean {
  return ['Namespace', 'CustomResourceDefinition', 'PersistentVolume', 'PersistentVolumeClaim'].includes(
    kind,
  );
}

// Only metadata is known of each, so by kind.
function ownsPods({ kind, apiVersion }: KubernetesObject): boolean {
  return ['apps', 'batch'].includes(apiGroup({ apiVersion })) && kind !== 'ControllerRevision';
}

function isCustom(object: KubernetesObject): boolean {
  const group = apiGroup(object);
  return group.includes('.') && !group.endsWith('.k8s.io');
}

function autoscalers(found: readonly Found[], { metadata }: KubernetesObject): string[] {
  const service = metadata.labels?.[labels.service];
  return found
    .filter(
      ({ object }) =>
        object.kind === 'HorizontalPodAutoscaler' && object.metadata.labels?.[labels.service] === service,
    )
    .map(({ id }) => id);
}

/** What can stand between a workload and its pods. */
export async function podOwners({ api, namespace }: Cluster): Promise<KubernetesObject[]> {
  const between = [
    { apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'replicasets' },
    { apiVersion: 'batch/v1', kind: 'Job', name: 'jobs' },
  ];
  const lists = await Promise.all(
    between.map(({ name, ...kind }) => {
      const path = `/apis/${kind.apiVersion}/namespaces/${encodeURIComponent(namespace)}/${name}`;
      return listAll(api, path, kind, { metadataOnly: true });
    }),
  );
  return lists.flat();
}

/** The uids of a workload and of those between it and its pods. */
export function descendants(uid: string, owners: readonly KubernetesObject[]): string[] {
  const holder = { metadata: { uid } } as unknown as KubernetesObject;
  return [
    uid,
    ...owners.filter((object) => isOwnedBy(object, holder)).map(({ metadata }) => String(metadata.uid)),
  ];
}

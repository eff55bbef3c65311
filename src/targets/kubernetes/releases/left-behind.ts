import type { Change } from '../../../core/change.ts';
import { apiGroup, type KubernetesObject } from '../../../core/kubernetes-object.ts';
import { labels } from '../../../core/labels.ts';
import { type Cluster, ownFields } from '../cluster.ts';
import type { KeepStep, RemoveStep } from '../step.ts';
import type { StoredObject } from './release-content.ts';

/** An object that other releases have, as it is in the cluster now. */
export interface Leftover {
  service: string;
  live: KubernetesObject;
  path: string;
  /** Where its pods are and who owns them, of what runs pods. */
  pods?: RemoveStep['pods'];
}

/** Each object of the other releases, once, that the wanted one has not. */
export function leftBehind(others: readonly StoredObject[], wanted: readonly StoredObject[]): StoredObject[] {
  const keep = new Set(wanted.map(({ object }) => keyOf(object)));
  return [...new Map(others.map((one) => [keyOf(one.object), one])).entries()].flatMap(([key, one]) =>
    keep.has(key) ? [] : one,
  );
}

/**
 * The removal of what is left of other releases, when all of `applied` is as it shall be. It is removed only while its labels and its
 * fields both say that it is this app's; what holds data or belongs to the cluster stays, and so do versions that a release still needs.
 */
export function removalsOf(
  leftovers: readonly Leftover[],
  applied: readonly Change[],
  versioned: ReadonlySet<string>,
  place: Pick<Cluster, 'scope' | 'namespace'>,
): Change[] {
  const uids = new Set<unknown>();
  const own = leftovers.filter(({ live }) => {
    const seen = uids.has(live.metadata.uid);
    uids.add(live.metadata.uid);
    return !seen && isOurs(live, place) && !versioned.has(shortId(live));
  });
  const taken = new Set(applied.map(({ id }) => id));
  const named = own.map((one) => ({ ...one, id: idOf(one.live, taken) }));
  const workloads = named.filter(({ pods }) => pods).map(({ id }) => id);
  const scalers = named.filter(({ live }) => live.kind === 'HorizontalPodAutoscaler').map(({ id }) => id);
  return named.map(({ id, live, service, path, pods }): Change => {
    const known = { id, service, fields: [] };
    if (keptKinds.includes(live.kind)) {
      const desired: KeepStep = { do: 'keep' };
      return {
        ...known,
        action: 'none',
        note: 'kept: it holds data or belongs to the cluster',
        after: [],
        desired,
      };
    }
    const desired: RemoveStep = { do: 'remove', path, uid: String(live.metadata.uid), pods };
    // Pods end with what they use still there; an autoscaler would otherwise start them again.
    const earlier = pods ? scalers : scalers.includes(id) ? [] : workloads;
    const after = [...applied.map((one) => one.id), ...earlier];
    return { ...known, action: 'remove', note: 'not in that release', after, desired };
  });
}

const keptKinds = ['Namespace', 'CustomResourceDefinition', 'PersistentVolume', 'PersistentVolumeClaim'];

function isOurs(live: KubernetesObject, { scope, namespace }: Pick<Cluster, 'scope' | 'namespace'>): boolean {
  const { labels: own = {}, annotations = {}, ownerReferences, deletionTimestamp } = live.metadata;
  const home = live.metadata.namespace ?? own[labels.namespace];
  return (
    own[labels.app] === scope.app &&
    own[labels.environment] === scope.environment &&
    home === namespace &&
    !deletionTimestamp &&
    // Who owns it ends it.
    !(ownerReferences as unknown[] | undefined)?.length &&
    annotations[labels.prune] !== 'keep' &&
    own[labels.prune] !== 'keep' &&
    ownFields(live) !== undefined
  );
}

/** Unique in the plan: with its group where another has its kind and name. */
function idOf(object: KubernetesObject, taken: Set<string>): string {
  const short = shortId(object);
  const id = taken.has(short) ? `${object.kind}.${apiGroup(object)}/${object.metadata.name}` : short;
  taken.add(id);
  return id;
}

function shortId({ kind, metadata }: KubernetesObject): string {
  return `${kind}/${metadata.name}`;
}

/** One object in whatever version of its group. */
function keyOf(object: KubernetesObject): string {
  return [apiGroup(object), object.kind, object.metadata.namespace ?? '', object.metadata.name].join(' ');
}

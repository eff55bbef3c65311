import { delay } from '../../../core/duration.ts';
import type { KubernetesObject } from '../../../core/kubernetes-object.ts';
import { isNotFound } from '../api/api-error.ts';
import { pathOf } from '../api/discovery.ts';
import { listAll } from '../api/lists.ts';
import type { Cluster } from '../cluster.ts';
import { leaseName } from '../lock/leases.ts';
import { recordPlace } from '../record/app-record.ts';
import { releasePieces } from '../releases/release-pieces.ts';
import { ownersOf } from './owners.ts';

/** Uids. Labels can be copied, and another namespace's app of the same name has the same ones. */
export interface Going {
  /** What of the app may go with the namespace. */
  own: ReadonlySet<string>;
  /** What has been removed before: parts that controllers made for it may still be there, itself not. */
  gone: ReadonlySet<string>;
}

const looks = 4;
/** Milliseconds. */
const pause = 1000;
const never = new AbortController().signal;

/** What would go with a namespace and is none of the app's, e.g. `ConfigMap/settings and 2 more`; undefined when there is nothing. */
export async function othersIn(
  namespace: string,
  going: Going,
  cluster: Cluster,
): Promise<string | undefined> {
  for (let look = 1; ; look++) {
    const others = await foreignIn(namespace, going, cluster);
    // What has lost its owner is collected, but not at once.
    const mayBeCollected = others.length > 0 && others.every((object) => ownersOf(object).length > 0);
    if (!mayBeCollected || look === looks) return named(others);
    await delay(pause, never);
  }
}

async function foreignIn(
  namespace: string,
  { own, gone }: Going,
  cluster: Cluster,
): Promise<KubernetesObject[]> {
  const kinds = (await cluster.kinds('again')).preferred.filter(
    ({ namespaced, verbs }) => namespaced && verbs.includes('list') && verbs.includes('delete'),
  );
  const lists = await Promise.all(
    kinds.map((resource) =>
      listAll(cluster.api, pathOf(resource, namespace), resource, { metadataOnly: true }).catch(vanished),
    ),
  );
  const objects = lists.flat().filter(({ metadata }) => !metadata.deletionTimestamp);
  const isNote = namespace === cluster.namespace ? await notesIn(cluster) : () => false;
  const covered = withParts([...own, ...gone], objects);
  return objects.filter(
    (object) => !own.has(uidOf(object)) && !isPartOf(object, covered) && !isUsual(object) && !isNote(object),
  );
}

/** A definition may go between our asking for kinds and for their objects, and they with it. */
function vanished(error: unknown): KubernetesObject[] {
  if (isNotFound(error)) return [];
  throw error;
}

/** Tells the record, the lock and the releases, which are in the app's own namespace. */
async function notesIn(cluster: Cluster): Promise<(object: KubernetesObject) => boolean> {
  const pieces = new Set((await releasePieces(cluster)).map(({ uid }) => uid));
  const names = [`ConfigMap/${recordPlace(cluster).name}`, `Lease/${leaseName(cluster.scope)}`];
  return (object) => pieces.has(uidOf(object)) || names.includes(idOf(object));
}

/** The uids with those of all that controllers made for them, over any number of steps. */
function withParts(uids: readonly string[], objects: readonly KubernetesObject[]): Set<string> {
  const covered = new Set(uids);
  for (let before = -1; before !== covered.size; ) {
    before = covered.size;
    for (const object of objects) if (isPartOf(object, covered)) covered.add(uidOf(object));
  }
  return covered;
}

/** With one owner elsewhere, such as an operator's cluster-wide object, it is not the app's to lose. */
function isPartOf(object: KubernetesObject, covered: ReadonlySet<string>): boolean {
  const owners = ownersOf(object);
  return owners.length > 0 && owners.every(({ uid }) => covered.has(uid));
}

/** Services are told with their Endpoints; events are a diary; the rest every namespace has. */
function isUsual(object: KubernetesObject): boolean {
  const { apiVersion, kind } = object;
  if (['v1 Endpoints', 'v1 Event', 'events.k8s.io/v1 Event'].includes(`${apiVersion} ${kind}`)) return true;
  return (
    apiVersion === 'v1' && ['ServiceAccount/default', 'ConfigMap/kube-root-ca.crt'].includes(idOf(object))
  );
}

/** Those that others of them own are not told besides. */
function named(others: readonly KubernetesObject[]): string | undefined {
  const uids = new Set(others.map(uidOf));
  const roots = others.filter((object) => !ownersOf(object).some(({ uid }) => uids.has(uid)));
  const names = [...new Set((roots.length > 0 ? roots : others).map(idOf))].sort();
  const [first, ...rest] = names;
  return first && (rest.length === 0 ? first : `${first} and ${rest.length} more`);
}

function uidOf({ metadata }: KubernetesObject): string {
  return String(metadata.uid);
}

function idOf({ kind, metadata }: KubernetesObject): string {
  return `${kind}/${metadata.name}`;
}

import type { KubernetesObject } from '../../../core/kubernetes-object.ts';
import { isForbidden, isNotFound } from '../api/api-error.ts';
import { listAll } from '../api/lists.ts';
import { type Cluster, getObject } from '../cluster.ts';
import type { PlacedObject } from './placed-objects.ts';
import type { Whereabouts } from './whereabouts.ts';

/** Up to so many objects of a kind are read one by one: a list would bring what is none of ours. */
const few = 3;

/**
 * What is in the cluster, looked for before it is known whether the namespace is there. In one that is still to come is nothing, also for
 * those who will only have rights when it is there.
 */
export async function liveObjects(
  placed: readonly PlacedObject[],
  whereabouts: Promise<Pick<Whereabouts, 'home'>>,
  cluster: Pick<Cluster, 'api'>,
): Promise<Map<PlacedObject, KubernetesObject>> {
  const [all] = await Promise.allSettled([foundObjects(placed, cluster)]);
  if (all.status === 'fulfilled') return all.value;
  if ((await whereabouts).home === 'there') throw all.reason;
  return foundObjects(
    placed.filter(({ namespaced }) => !namespaced),
    cluster,
  );
}

/**
 * What is in the cluster under the addresses of the objects: one list for each kind of the namespace, or a look at
 * each object where there are few, where they are cluster-wide, or where lists are not allowed.
 */
async function foundObjects(
  placed: readonly PlacedObject[],
  cluster: Pick<Cluster, 'api'>,
): Promise<Map<PlacedObject, KubernetesObject>> {
  const collections = new Map<string, PlacedObject[]>();
  for (const one of placed) {
    const collection = one.path.slice(0, one.path.lastIndexOf('/'));
    collections.set(collection, [...(collections.get(collection) ?? []), one]);
  }
  const found = new Map<PlacedObject, KubernetesObject>();
  await Promise.all(
    [...collections].map(async ([collection, own]) => {
      const listed = own.length > few && own[0]!.namespaced;
      for (const [one, live] of (listed && (await fromList(collection, own, cluster))) ||
        (await oneByOne(own, cluster)))
        if (live) found.set(one, live);
    }),
  );
  return found;
}

type Found = [PlacedObject, KubernetesObject | undefined][];

async function fromList(
  collection: string,
  own: readonly PlacedObject[],
  { api }: Pick<Cluster, 'api'>,
): Promise<Found | undefined> {
  try {
    const items = await listAll(api, collection, own[0]!.object);
    const byName = new Map(items.map((item) => [item.metadata.name, item]));
    return own.map((one) => [one, byName.get(one.object.metadata.name)]);
  } catch (error) {
    if (isForbidden(error)) return undefined;
    // The kind is still to come, with its definition.
    if (isNotFound(error)) return own.map((one) => [one, undefined]);
    throw error;
  }
}

function oneByOne(own: readonly PlacedObject[], cluster: Pick<Cluster, 'api'>): Promise<Found> {
  return Promise.all(
    own.map(async (one): Promise<Found[number]> => [one, await getObject(cluster, one.path)]),
  );
}

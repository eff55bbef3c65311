import type { Change } from '../../../core/change.ts';
import type { KubernetesObject } from '../../../core/kubernetes-object.ts';
import { pathOf } from '../api/discovery.ts';
import { type Cluster, getObject, ownEntry } from '../cluster.ts';
import { definedKind, kindOf } from '../order/item.ts';
import type { ApplyStep } from '../step.ts';
import { declaredChanges } from './declared-changes.ts';
import type { PlacedObject } from './placed-objects.ts';
import { foreignOwner, type Planned, plannedCreation } from './plan-object.ts';

interface Identified {
  id: string;
  desired: PlacedObject;
}

/**
 * Notes with each object that the server cannot judge yet what has to be there first: its namespace, or the definition of its kind, which
 * the same plan makes or changes. What such a definition refuses today is planned all the same, and judged when it has changed.
 */
export async function staged(
  planned: readonly Planned[],
  objects: readonly Identified[],
  cluster: Cluster,
  home: { missing: boolean },
): Promise<Planned[]> {
  const definitions = new Map<string, { id: string; changes: boolean }>();
  for (const [index, { id, desired }] of objects.entries()) {
    const kind = definedKind(desired.object);
    if (kind !== undefined) definitions.set(kind, { id, changes: changesItsSpec(planned[index]!) });
  }
  return Promise.all(
    objects.map(async ({ id, desired }, index): Promise<Planned> => {
      const one = planned[index]!;
      const definition = definitions.get(kindOf(desired.object));
      const unseen = 'refused' in one || one.change.action === 'create';
      if (desired.awaitsKind && definition && unseen) return awaiting(desired, id, definition.id, cluster);
      if ('refused' in one) {
        const deferred = definition?.changes && 'problems' in one.refused;
        return deferred ? awaiting(desired, id, definition.id, cluster) : one;
      }
      return home.missing && desired.namespaced ? at(one.change, `Namespace/${cluster.namespace}`) : one;
    }),
  );
}

function changesItsSpec(planned: Planned): boolean {
  if ('refused' in planned) return false;
  const { action, fields } = planned.change;
  return action === 'create' || fields.some(({ path }) => path.startsWith('spec'));
}

/** The change of an object whose kind is to come or to change; it may be there already, also in another version of its API. */
async function awaiting(
  desired: PlacedObject,
  id: string,
  definition: string,
  cluster: Cluster,
): Promise<Planned> {
  const live = await liveInAnyVersion(desired, cluster);
  const foreign = live && foreignOwner(live, cluster, id);
  if (foreign) return { refused: { conflict: foreign } };
  const creation = plannedCreation(desired, id);
  if (!live) return at(creation, definition);
  const applied = ownEntry(live)?.apiVersion ?? desired.object.apiVersion;
  const moves = applied !== desired.object.apiVersion;
  const note = `judged when ${definition} has changed`;
  return at(
    {
      ...creation,
      action: 'update',
      fields: declaredChanges(live, desired.object),
      note: moves ? `moves from ${applied} to ${desired.object.apiVersion}, ${note}` : note,
      desired: { ...(creation.desired as ApplyStep), takesOver: moves },
    },
    definition,
  );
}

async function liveInAnyVersion(
  { path, object, namespaced }: PlacedObject,
  cluster: Cluster,
): Promise<KubernetesObject | undefined> {
  const name = path.split('/').at(-2)!;
  const [group] = kindOf(object).split('/');
  const resource = (await cluster.kinds()).preferred.find((one) => one.group === group && one.name === name);
  if (!resource) return undefined;
  return getObject(cluster, pathOf({ ...resource, namespaced }, cluster.namespace, object.metadata.name));
}

function at(change: Omit<Change, 'after'>, stage: string): Planned {
  return { change: { ...change, desired: { ...(change.desired as ApplyStep), stage } } };
}

import { badManifests } from '../../../core/bad-manifests.ts';
import { manifestAt } from '../../../core/kubernetes-object.ts';
import { callOrder } from '../../../plan/call-order.ts';
import { circleIn, dependencyOrder, type Orderable, raisedLevels } from '../../../plan/dependency-order.ts';
import type { Service } from '../../../workspace/model.ts';
import { type Barrier, barrierEdges } from '../order/barriers.ts';
import { type Item, type Items, itemsOf, kindOf } from '../order/item.ts';
import { levelOf, levels } from '../order/levels.ts';
import { makersOf, missingNames } from '../order/makers.ts';
import { namedBy } from '../order/references.ts';
import { registrations } from '../order/registrations.ts';
import { servedBy } from '../order/served.ts';
import type { PlacedObject } from './placed-objects.ts';

/**
 * For each id the ids that come first, by what the objects are and name: docs/deploy.md tells the rules. `explicit` is what objects say
 * themselves (`depends-on`), which wins over the rest. The same for any order of the objects. Throws E_MANIFEST (3) for a circle.
 */
export function orderOf(
  objects: readonly { id: string; desired: PlacedObject }[],
  services: readonly Pick<Service, 'name' | 'calls'>[],
  explicit: ReadonlyMap<string, readonly string[]> = new Map(),
): Map<string, string[]> {
  const callees = callOrder(services.map(({ name, calls }) => ({ service: name, calls })));
  const items = leveled(objects, callees);
  const makers = makersOf(items);
  for (const maker of makers.keys()) maker.level = levels.making;
  const needs = new Map(
    items.all.map((item) => [item.id, [...impossibleWithout(item, items), ...(explicit.get(item.id) ?? [])]]),
  );
  checkCircles(items, needs);
  const orderables = items.all.map(({ id, level }) => ({ id, level, needs: needs.get(id)! }));
  const follows = new Map(items.all.map((item) => [item.id, new Set<string>()]));
  for (const [item, first] of natural(items, makers))
    for (const { id } of first) follows.get(item.id)!.add(id);

  const raised = raisedLevels(orderables);
  const needed = new Set([...needs.values()].flat());
  const isPlain = (id: string) => raised.get(id) === levels.stored && !needed.has(id);
  const plain = new Set(
    items.all.filter(({ desired }) => standsIn.has(kindOf(desired.object))).map(({ id }) => id),
  );
  const standIns = new Set<string>();
  for (const barrier of barriers(items, callees)) {
    const { edges, standIn } = barrierEdges(barrier, (id) => plain.has(id) && isPlain(id));
    if (standIn !== undefined) standIns.add(standIn);
    for (const [id, first] of edges) for (const one of first) follows.get(id)!.add(one);
  }
  return dependencyOrder(
    orderables.map(
      (one): Orderable => ({
        ...one,
        level: standIns.has(one.id) ? levels.allStored : one.level,
        follows: [...follows.get(one.id)!],
      }),
    ),
  );
}

/** Kinds that nothing else that is stored refers to. */
const standsIn = new Set(['/ConfigMap', '/Secret', '/ServiceAccount']);

/** Sorted by id, each with its level; workloads of callers above those that they call. */
function leveled(
  objects: readonly { id: string; desired: PlacedObject }[],
  callees: (service: string) => readonly string[],
): Items {
  const distances = new Map<string, number>();
  const distance = (service: string): number => {
    const known = distances.get(service);
    if (known !== undefined) return known;
    const found = Math.max(0, ...callees(service).map((callee) => distance(callee) + 1));
    distances.set(service, found);
    return found;
  };
  return itemsOf(
    objects
      .map(({ id, desired }): Item => {
        const level = levelOf(desired.object);
        const calling = level === levels.workload ? distance(desired.service) / 1000 : 0;
        return { id, desired, level: level + calling };
      })
      .sort((a, b) => (a.id < b.id ? -1 : 1)),
  );
}

/** The namespace that an object is in, and the definition of its kind. */
function impossibleWithout({ desired }: Item, items: Items): string[] {
  const { object, namespaced } = desired;
  const homes = namespaced ? items.find('/Namespace', object.metadata.namespace) : [];
  const definitions = items.definitions(kindOf(object));
  return [...homes, ...definitions].map(({ id }) => id);
}

/** What each object follows by what it names, serves and is judged by. */
function* natural(items: Items, makers: ReadonlyMap<Item, readonly string[]>): Generator<[Item, Item[]]> {
  const served = servedBy(items);
  const registered = registrations(items, served);
  for (const item of items.all) {
    const missing = makers.size > 0 ? missingNames(item, items) : [];
    const made = [...makers].filter(([, names]) => names.some((name) => missing.includes(name)));
    yield [
      item,
      [
        ...namedBy(item.desired, items),
        ...served.servicesOf(item),
        ...registered(item),
        ...made.map(([maker]) => maker),
      ],
    ];
  }
}

/** Groups that come first as a whole: definitions and what is stored before pods, hooks around them, the called before the callers. */
function barriers(items: Items, callees: (service: string) => readonly string[]): Barrier[] {
  const idsOf = (all: readonly Item[]) => all.map(({ id }) => id);
  const isWorkload = ({ level }: Item) => level >= levels.beforeWorkloads && level <= levels.afterWorkloads;
  const byService = new Map<string, Item[]>();
  for (const item of items.all)
    byService.set(item.desired.service, [...(byService.get(item.desired.service) ?? []), item]);
  const workloads = (service: string) => idsOf((byService.get(service) ?? []).filter(isWorkload));
  const definitions = idsOf(items.all.filter(({ level }) => level === levels.definition));
  return [
    { before: definitions, after: idsOf(items.all.filter(isWorkload)) },
    ...[...byService].flatMap(([service, own]): Barrier[] => {
      const pods = workloads(service);
      return [
        {
          before: idsOf(own.filter(({ level }) => level === levels.stored || level === levels.binding)),
          after: pods,
        },
        { before: idsOf(own.filter(({ level }) => level === levels.beforeWorkloads)), after: pods },
        { before: pods, after: idsOf(own.filter(({ level }) => level === levels.afterWorkloads)) },
        ...callees(service).map((callee): Barrier => ({ before: workloads(callee), after: pods })),
      ];
    }),
  ];
}

function checkCircles(items: Items, needs: ReadonlyMap<string, readonly string[]>): void {
  const circle = circleIn([...needs].map(([id, own]) => ({ id, needs: own })));
  if (!circle) return;
  const byId = new Map(items.all.map((item) => [item.id, item]));
  throw badManifests(
    circle.map((id, index) => {
      const next = circle[(index + 1) % circle.length]!;
      return `${manifestAt(byId.get(id)!.desired)} depends on ${next}, in a circle: ${[...circle, circle[0]].join(' → ')}`;
    }),
  );
}

import type { Change, Plan } from '../../../core/change.ts';
import type { KubernetesObject } from '../../../core/kubernetes-object.ts';
import { podSpecOf } from '../../../manifests/pod-specs.ts';
import type { PullSecret } from '../../../manifests/pull-secret.ts';
import type { Service } from '../../../workspace/model.ts';
import { addressOf, objectIds } from '../address.ts';
import type { Cluster } from '../cluster.ts';
import { unrecordedWhere } from '../prune/unrecorded.ts';
import { withPruning } from '../prune/with-pruning.ts';
import type { Member } from '../record/app-record.ts';
import { labelledMembers } from '../record/labelled-members.ts';
import { type Allowed, assertKnown } from './allowed.ts';
import { dependsOn } from './depends-on.ts';
import type { DesiredObject } from './desired-objects.ts';
import { liveObjects } from './found-objects.ts';
import { assertRestricted, namespaceCreation } from './new-home.ts';
import { orderOf } from './order.ts';
import { type PlacedObject, placedObjects } from './placed-objects.ts';
import { type Planned, plannedCreation, planObject } from './plan-object.ts';
import { provenAmong } from './proven.ts';
import {
  desiredPullSecret,
  keepReferences,
  keptPullSecret,
  type PullSecretOptions,
  type PullSecretState,
  pullSecretName,
  pullSecretState,
} from './pull-secret.ts';
import { type Refusal, refusalError } from './refusals.ts';
import { scalersOf } from './replicas.ts';
import { staged } from './stages.ts';
import { whereaboutsOf } from './whereabouts.ts';

/** What services shall have: by their manifests, or by a release. */
export interface Wanted {
  services: readonly Pick<Service, 'name' | 'calls'>[];
  /** `pullSecret`: the one that pods of new manifests name. */
  objects: (pullSecret: Promise<PullSecret | undefined>) => Promise<readonly DesiredObject[]>;
  /** The app shall have these alone: what it has besides goes, of whatever service, and why. */
  alone?: string;
}

export interface Planning {
  allowed: Allowed;
  /** Answers of the server to earlier plans. */
  known: Map<string, Planned>;
  /** Gets the live objects, by change. */
  seen: Map<string, KubernetesObject>;
  /** Kinds that only go when they are named here. */
  pruneKinds?: readonly string[];
  /** How nodes may log in to that registry. */
  pullSecret?: PullSecretOptions;
}

/** The changes that would make the cluster's objects equal to the wanted ones. Throws with all that stands in the way. */
export async function planDeploy(
  wanted: Wanted,
  cluster: Cluster,
  planning: Planning,
): Promise<Plan['changes']> {
  const { allowed, known, seen } = planning;
  const pull = pullSecretState(cluster, planning.pullSecret);
  const asking = whereaboutsOf(cluster);
  const placing = Promise.all([
    wanted.objects(pull.then(reference)),
    planning.pullSecret ? desiredPullSecret(cluster, planning.pullSecret) : [],
    pull,
    cluster.kinds(),
  ]).then(async ([objects, pullSecret, state]) => {
    const every = await placedObjects([...objects, ...pullSecret], cluster);
    const referring = state === 'unknown' ? await keepReferences(every, cluster) : every;
    const placed = labelledMembers(referring, cluster);
    return { objects, placed, live: await liveObjects(placed, asking, cluster) };
  });
  const [{ home, record, released }, { objects, placed, live }] = await Promise.all([asking, placing]);
  const ids = objectIds(placed.map(({ object }) => addressOf(object)));
  assertKnown([...allowed.forceConflicts, ...allowed.replace], ids);
  const makesHome = home === 'missing' && !ids.includes(`Namespace/${cluster.namespace}`);
  if (makesHome) await assertRestricted(placed, cluster);
  const scalers = scalersOf(
    objects.map(({ object }) => object),
    cluster,
  );
  const identified = placed.map((desired, index) => ({ id: ids[index]!, desired }));
  const order = orderOf(identified, wanted.services, await dependsOn(identified, cluster));
  const uids = new Map<string, string>();
  // A definition that has just been made may be served before the server lists its kind.
  const isUnseen = (one: PlacedObject) =>
    (one.namespaced && home === 'missing') || (one.awaitsKind && !live.get(one));
  const isProven = provenAmong(
    placed.filter((one) => !live.get(one) && !isUnseen(one)),
    cluster,
  );
  const judging = placed.map(async (one, index) => {
    const id = ids[index]!;
    const found = live.get(one);
    if (found) seen.set(id, found);
    if (found) uids.set(id, String(found.metadata.uid));
    return isUnseen(one)
      ? { change: plannedCreation(one, id) }
      : planObject(one, id, { cluster, allowed, known, scalers, isProven, live: found });
  });
  // Looked for beside the dry runs, which take longer.
  const older =
    record || home === 'missing' ? [] : unrecordedWhere({ live: [...live.values()], released }, cluster);
  const [first, unknown] = await Promise.all([Promise.all(judging), older]);
  const planned = await staged(first, identified, cluster, { missing: home === 'missing' });
  const refusals = planned.flatMap((one): Refusal[] => ('refused' in one ? [one.refused] : []));
  if (refusals.length > 0) throw refusalError(refusals);

  const homeChange = makesHome ? [namespaceCreation(cluster)] : [];
  const secretIds = ids.filter((_, index) => placed[index]!.service === '');
  const changes = planned.map((one, index): Change => {
    const { service, ...change } = (one as { change: Omit<Change, 'after'> }).change;
    const pulls = podSpecOf(placed[index]!.object) ? secretIds : [];
    return { ...change, ...(service ? { service } : {}), after: [...pulls, ...order.get(change.id)!] };
  });
  const all = await withPruning(
    {
      changes: changes.sort((a, b) => (a.id < b.id ? -1 : 1)),
      services: pruned(wanted, [...(record?.members ?? []), ...unknown.map(({ member }) => member)]),
      named: planning.pruneKinds ?? [],
      uids,
      record,
      older: unknown,
      note: wanted.alone ?? 'no longer in the manifests',
    },
    cluster,
  );
  if ((await pull) === 'there') all.push(keptPullSecret(cluster));
  return home === 'missing' ? afterHome([...homeChange, ...all], `Namespace/${cluster.namespace}`) : all;

  function reference(state: PullSecretState): PullSecret | undefined {
    if (state !== 'wanted' && state !== 'there') return undefined;
    return { name: pullSecretName(cluster), host: planning.pullSecret!.host };
  }
}

/** The services whose objects may go. */
function pruned({ services, alone }: Wanted, there: readonly Member[]): string[] {
  const others = alone === undefined ? [] : there.flatMap(({ service }) => service ?? []);
  return [...new Set([...services.map(({ name }) => name), ...others])];
}

/** Nothing but the namespace itself can be written before it is there. */
function afterHome(changes: readonly Change[], home: string): Change[] {
  return changes.map((change) =>
    change.id === home
      ? { ...change, after: [] }
      : { ...change, after: [...new Set([home, ...change.after])] },
  );
}

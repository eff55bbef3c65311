import type { Change } from '../../../core/change.ts';
import type { KubernetesObject } from '../../../core/kubernetes-object.ts';
import { labels } from '../../../core/labels.ts';
import { isInScope, type Outcome, type PruneScope, prune } from '../../../plan/prune.ts';
import { addressKey, objectIds } from '../address.ts';
import type { Cluster } from '../cluster.ts';
import { dependsAmong } from '../plan/depends-on.ts';
import type { AppRecord, Member } from '../record/app-record.ts';
import type { KeepStep } from '../step.ts';
import { asRecorded, guardedKinds } from './as-recorded.ts';
import { type FoundMember, foundMembers } from './found-members.ts';
import { othersIn } from './namespace-contents.ts';
import { removalOrder } from './removal-order.ts';
import { removeSteps } from './remove-steps.ts';

export interface PruneRequest {
  record: AppRecord | undefined;
  /** What there is without a record. */
  older: readonly FoundMember[];
  /** What the manifests have, by the change that applies it. With its uid where it is there. */
  wanted: readonly { member: Member; change: string }[];
  /** Undefined: all of the app. */
  services?: readonly string[];
  /** Guarded kinds that may go. */
  named: readonly string[];
  /** Why something goes: `no longer in the manifests`. */
  note?: string;
  /** Asked where ConfigMaps or Secrets would go: those that something earlier still needs. They stay members, unseen. */
  held?: (cluster: Cluster) => Promise<(member: Member) => boolean>;
}

export interface Pruning {
  /** Removals in their order among themselves, and what stays although it is unwanted. */
  changes: Change[];
  removed: { member: Member; change: string }[];
  forgotten: Member[];
  /** Those of services that this is not about, and those held, where the record does not have them yet. */
  others: Member[];
}

/** What becomes of members that are not wanted. Reads only, and asks for nothing where there are none. */
export async function planPrune(request: PruneRequest, cluster: Cluster): Promise<Pruning> {
  const { record, older, wanted, services } = request;
  const keys = new Set(wanted.map(({ member }) => addressKey(member)));
  const isLeft = (member: Member) => !keys.has(addressKey(member)) && isInScope(member, services);
  const left = (record?.members ?? older.map(({ member }) => member)).filter(isLeft);
  const isHeld = (left.some(isConfig) && (await request.held?.(cluster))) || (() => false);
  const isUnwanted = (member: Member) => isLeft(member) && !(isConfig(member) && isHeld(member));
  const found = record
    ? await foundMembers(record.members.filter(isUnwanted), cluster)
    : older.filter(({ member }) => isUnwanted(member));
  const others = older.filter(
    ({ member }) => !isInScope(member, services) || (isLeft(member) && !isUnwanted(member)),
  );
  const own = uidsOf([
    ...(record?.members ?? found.map(({ member }) => member)),
    ...wanted.map(({ member }) => member),
  ]);
  const outcomes = await judge(found, own, request, cluster);

  const ids = objectIds(
    found.map(({ member }) => member),
    wanted.map(({ change }) => change),
  );
  const shown = found.map((one, index) => ({ ...one, id: ids[index]!, outcome: outcomes[index]! }));
  const going = shown.filter(({ outcome }) => outcome.do === 'remove');
  const steps = await removeSteps(going, own, cluster);
  // What is judged to go has been found.
  const depends = dependsAmong(going.map(({ id, object }) => ({ id, object: object as KubernetesObject })));
  const order = removalOrder(
    going.map(({ id, member }) => ({ id, address: member, dependsOn: depends.get(id) })),
  );
  const removals = going.map(({ id, member, object }, index): Change => {
    const successor = successorOf(member, object as KubernetesObject, wanted);
    const known = { id, action: 'remove', service: member.service, fields: [], successor } as const;
    const note = successor ? `${successor} takes its place` : request.note;
    return { ...known, note, after: order.get(id)!, desired: steps[index]! };
  });
  const staying = shown.flatMap(({ id, member, outcome: { note } }): Change[] => {
    const desired: KeepStep = { do: 'keep' };
    const known = { id, action: 'none', service: member.service, unwanted: true } as const;
    return note === undefined ? [] : [{ ...known, fields: [], note, after: [], desired }];
  });
  return {
    changes: [...staying.sort(byId), ...removals.sort(byId)],
    removed: going.map(({ id, member }) => ({ member, change: id })),
    forgotten: shown.flatMap(({ member, outcome }) => (outcome.do === 'forget' ? [member] : [])),
    others: others.map(({ member }) => member),
  };
}

async function judge(
  found: readonly FoundMember[],
  own: ReadonlySet<string>,
  { wanted, services, named }: PruneRequest,
  cluster: Cluster,
): Promise<Outcome[]> {
  const current = wanted.map(({ member }) => member);
  const recorded = found.map((one) => asRecorded(one, own, cluster));
  const inside = current.flatMap(({ namespace }) => namespace ?? []);
  const scope: PruneScope = {
    services,
    wanted: uidsOf(current),
    // The record and the lock are in the app's namespace: it only goes by a flag of its own.
    occupied: new Set([...inside, cluster.namespace]),
    guarded: guardedKinds,
    named,
  };
  const outcomes = prune(recorded, scope);
  const places = recorded.map(({ isPlace }, index) =>
    outcomes[index]!.do === 'remove' ? isPlace : undefined,
  );
  if (!places.some(Boolean)) return outcomes;
  // To look into a namespace is dear, so only where it would go.
  const holding = await Promise.all(
    recorded.map(async (one, index) => {
      const place = places[index];
      if (place === undefined || typeof one.found !== 'object') return one;
      const holds = await othersIn(place, { own, gone: new Set() }, cluster);
      return { ...one, found: { ...one.found, holds } };
    }),
  );
  return prune(holding, scope);
}

function uidsOf(members: readonly Member[]): Set<string> {
  return new Set(members.flatMap(({ uid }) => uid ?? []));
}

/** The one with new content of a ConfigMap or Secret whose name follows its content. */
function successorOf(
  { kind, namespace, name }: Member,
  { metadata }: KubernetesObject,
  wanted: PruneRequest['wanted'],
): string | undefined {
  const asked = metadata.annotations?.[labels.versioned] ?? metadata.labels?.[labels.versioned];
  if (asked !== 'true') return undefined;
  const base = (full: string) => full.replace(/-[0-9a-f]{10}$/, '');
  return wanted.find(
    ({ member }) =>
      member.kind === kind && member.namespace === namespace && base(member.name) === base(name),
  )?.change;
}

function isConfig({ group, kind }: Member): boolean {
  return group === '' && ['ConfigMap', 'Secret'].includes(kind);
}

function byId(a: Change, b: Change): number {
  return a.id < b.id ? -1 : 1;
}

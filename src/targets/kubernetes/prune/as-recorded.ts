import type { KubernetesObject } from '../../../core/kubernetes-object.ts';
import { labels } from '../../../core/labels.ts';
import type { Found, Recorded } from '../../../plan/prune.ts';
import { type Cluster, ownFields } from '../cluster.ts';
import { type Member, recordPlace } from '../record/app-record.ts';
import { applySet } from '../record/apply-set.ts';
import type { FoundMember } from './found-members.ts';
import { ownersOf } from './owners.ts';

/** Kinds that only go when they are named, and why. */
export const guardedKinds: Readonly<Record<string, string>> = {
  PersistentVolumeClaim: 'it holds data',
  PersistentVolume: 'it holds data',
  Namespace: 'everything in it would go with it',
  CustomResourceDefinition: 'every object of its kind would go with it',
};

/** A member as the rules of pruning see it. `own`: uids of all members. */
export function asRecorded(
  { member, object }: FoundMember,
  own: ReadonlySet<string>,
  cluster: Pick<Cluster, 'scope' | 'namespace'>,
): Recorded {
  const { kind, service, namespace, name, uid } = member;
  const place = kind === 'Namespace' && member.group === '' ? name : undefined;
  const known = { kind, service, inside: namespace, isPlace: place };
  if (typeof object !== 'object') return { ...known, found: object };
  const actual = String(object.metadata.uid);
  const found: Found = {
    uid: actual,
    // A run that was killed left no uid: then it is what cloudnative applied.
    same: uid === undefined ? ownFields(object) !== undefined : uid === actual,
    owner: ownerOf(object, member, cluster),
    heldBy: foreignHolder(object, own),
    keep: keepMark(object),
  };
  return { ...known, found };
}

/** By its labels: both those of ApplySets and our own have to say so. */
function ownerOf(
  { metadata }: KubernetesObject,
  { unlabelled }: Member,
  { scope, namespace }: Pick<Cluster, 'scope' | 'namespace'>,
): string {
  const own = metadata.labels ?? {};
  const set = own[applySet.partOf];
  const app = own[labels.app];
  const environment = own[labels.environment];
  if (app !== undefined && (app !== scope.app || environment !== scope.environment))
    return `its labels say that it belongs to ${app} in ${environment ?? 'another environment'}`;
  if (set !== undefined && set !== recordPlace({ scope, namespace }).setId)
    return 'its labels say that it belongs to another set';
  const isLabelled = app !== undefined && (set !== undefined || unlabelled);
  return !isLabelled ? 'it no longer bears the labels of this app' : 'this';
}

function foreignHolder(object: KubernetesObject, own: ReadonlySet<string>): string | undefined {
  const foreign = ownersOf(object).find(({ uid }) => !own.has(uid));
  return foreign && `${foreign.kind}/${foreign.name}`;
}

/** Charts have a mark of their own. */
export function keepMark({ metadata }: KubernetesObject): string | undefined {
  return [labels.prune, 'helm.sh/resource-policy'].find((name) => metadata.annotations?.[name] === 'keep');
}

import type { KubernetesObject } from '../../../core/kubernetes-object.ts';
import type { Address } from '../address.ts';
import { listAll } from '../api/lists.ts';
import type { Cluster } from '../cluster.ts';
import type { Member } from '../record/app-record.ts';
import { isOwnedBy, podsPath } from '../rollout/pods-of.ts';
import type { RemoveStep } from '../step.ts';
import type { FoundMember } from './found-members.ts';
import { ownersOf } from './owners.ts';
import { ownsPods } from './removal-order.ts';

/** How each is removed; workloads with the pods that must end with them. `own`: uids of all that is the app's. */
export async function removeSteps(
  found: readonly FoundMember[],
  own: ReadonlySet<string>,
  cluster: Cluster,
): Promise<RemoveStep[]> {
  const namespaces = [...new Set(found.flatMap(({ member }) => member.namespace ?? []))];
  const owners = new Map(
    await Promise.all(
      namespaces.map(async (namespace) => {
        const kinds = found.flatMap(({ member }) => (member.namespace === namespace ? member.kind : []));
        return [namespace, await podOwners(namespace, kinds, cluster)] as const;
      }),
    ),
  );
  return found.map(({ member, path, object }) => {
    const uid = String((object as KubernetesObject).metadata.uid);
    const judged = judgement(member, object as KubernetesObject);
    const isNamespace = member.kind === 'Namespace' && member.group === '';
    const place = isNamespace ? { place: { name: member.name, gone: [...own] } } : {};
    const pods = podsOf(member, uid, owners.get(member.namespace ?? '') ?? []);
    return { do: 'remove', path, uid, judged, ...place, ...pods };
  });
}

function judgement(member: Member, object: KubernetesObject): RemoveStep['judged'] {
  const version = String(object.metadata.resourceVersion);
  return { version, member, owners: ownersOf(object).map(({ uid }) => uid) };
}

function podsOf(member: Address, uid: string, owners: readonly KubernetesObject[]): Pick<RemoveStep, 'pods'> {
  if (!ownsPods(member) || member.kind === 'Pod' || member.namespace === undefined) return {};
  return { pods: { path: podsPath(member.namespace), owners: descendants(uid, owners) } };
}

const between = [
  { of: 'Deployment', apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'replicasets' },
  { of: 'CronJob', apiVersion: 'batch/v1', kind: 'Job', name: 'jobs' },
];

/** What stands between workloads of these kinds and their pods. */
async function podOwners(
  namespace: string,
  kinds: readonly string[],
  { api }: Cluster,
): Promise<KubernetesObject[]> {
  const needed = between.filter(({ of }) => kinds.includes(of));
  const lists = await Promise.all(
    needed.map(({ of: _, name, ...kind }) => {
      const path = `/apis/${kind.apiVersion}/namespaces/${encodeURIComponent(namespace)}/${name}`;
      return listAll(api, path, kind, { metadataOnly: true });
    }),
  );
  return lists.flat();
}

function descendants(uid: string, owners: readonly KubernetesObject[]): string[] {
  const holder = { metadata: { uid } } as unknown as KubernetesObject;
  return [
    uid,
    ...owners.filter((object) => isOwnedBy(object, holder)).map(({ metadata }) => String(metadata.uid)),
  ];
}

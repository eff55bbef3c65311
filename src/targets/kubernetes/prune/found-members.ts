import type { KubernetesObject } from '../../../core/kubernetes-object.ts';
import { isForbidden, isNotFound } from '../api/api-error.ts';
import { type Discovery, pathOf, type Resource } from '../api/discovery.ts';
import { listAll } from '../api/lists.ts';
import type { Cluster } from '../cluster.ts';
import { type Member, recordPlace } from '../record/app-record.ts';
import { applySet } from '../record/apply-set.ts';

/** A member of the record with what is at its address. */
export interface FoundMember {
  member: Member;
  path: string;
  /** Its metadata. Undefined: nothing is there. A text: why that cannot be told. */
  object: KubernetesObject | string | undefined;
}

/** Looks at members: one list for each kind and namespace, and by name only at what bears our label no more. */
export async function foundMembers(members: readonly Member[], cluster: Cluster): Promise<FoundMember[]> {
  if (members.length === 0) return [];
  const served = await cluster.kinds();
  const isServed = (member: Member) => resourceOf(member, served) !== undefined;
  // A kind may be younger than what this run knows of the cluster.
  const kinds = members.every(isServed) ? served : await cluster.kinds('again');
  const groups = new Map<string, Member[]>();
  for (const member of members) {
    const key = `${member.group} ${member.kind} ${member.namespace ?? ''}`;
    groups.set(key, [...(groups.get(key) ?? []), member]);
  }
  return (await Promise.all([...groups.values()].map((group) => look(group, kinds, cluster)))).flat();
}

async function look(members: readonly Member[], kinds: Discovery, cluster: Cluster): Promise<FoundMember[]> {
  const { group, kind, namespace } = members[0]!;
  const resource = resourceOf(members[0]!, kinds);
  // A kind that is served no more took its objects with it; one whose server is down did not.
  const isSilent = kinds.down.some((version) => version.startsWith(`${group}/`));
  const silent = isSilent ? `the server of ${kind} does not answer` : undefined;
  if (!resource || silent) return members.map((member) => ({ member, path: '', object: silent }));
  const query = { labelSelector: `${applySet.partOf}=${recordPlace(cluster).setId}`, metadataOnly: true };
  const listed = await listAll(cluster.api, pathOf(resource, namespace), resource, query).catch(unlisted);
  const byName = new Map(listed.map((object) => [object.metadata.name, object]));
  return Promise.all(
    members.map(async (member) => {
      const path = pathOf(resource, namespace, member.name);
      const object = byName.get(member.name) ?? ofKind(resource, await readMetadata(path, cluster));
      return { member, path, object };
    }),
  );
}

function resourceOf({ group, kind }: Member, { preferred }: Discovery): Resource | undefined {
  return preferred.find((one) => one.group === group && one.kind === kind);
}

/** Who may not list a kind may still read what was deployed. */
function unlisted(error: unknown): KubernetesObject[] {
  if (isForbidden(error) || isNotFound(error)) return [];
  throw error;
}

function ofKind({ apiVersion, kind }: Resource, object: FoundMember['object']): FoundMember['object'] {
  return typeof object === 'object' ? { ...object, apiVersion, kind } : object;
}

/** See `FoundMember`; without the object's own version and kind. */
export async function readMetadata(
  path: string,
  { api }: Pick<Cluster, 'api'>,
): Promise<FoundMember['object']> {
  try {
    const accept = 'application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1';
    return (await api.request<KubernetesObject>({ path, accept })).value;
  } catch (error) {
    if (isNotFound(error)) return undefined;
    if (isForbidden(error)) return 'it may not be looked at';
    throw error;
  }
}

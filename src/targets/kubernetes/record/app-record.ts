import type { KubernetesObject } from '../../../core/kubernetes-object.ts';
import { labels, managedBy } from '../../../core/labels.ts';
import { type Address, addressKey } from '../address.ts';
import { type Cluster, getObject } from '../cluster.ts';
import { applySet, applySetId, hintsFor } from './apply-set.ts';
import { parseMembers, recordProblem } from './check-record.ts';

/** An object that a deploy made, or was about to make: then without its uid. */
export interface Member extends Address {
  uid?: string;
  service?: string;
  /** Deployed before there were records, and not since: it lacks the label of the set. */
  unlabelled?: true;
}

/** What the cluster notes of an app: every object that it may ever have to remove. */
export interface AppRecord {
  members: readonly Member[];
  /** As read; only this one is written over. */
  resourceVersion: string;
}

/** Where an app's record is, and the id that its members bear. Neither names of apps nor of environments hold dots. */
export function recordPlace({ scope, namespace }: Pick<Cluster, 'scope' | 'namespace'>) {
  const name = `cloudnative.${scope.app}.${scope.environment}`;
  const list = `/api/v1/namespaces/${encodeURIComponent(namespace)}/configmaps`;
  const address = { group: '', kind: 'ConfigMap', namespace, name };
  return { name, list, path: `${list}/${name}`, setId: applySetId(address) };
}

/** Undefined where nothing was ever deployed with one. Throws E_RECORD (4) for one that another tool wrote, or that was copied or changed. */
export async function readRecord(
  cluster: Pick<Cluster, 'api' | 'scope' | 'namespace' | 'context' | 'kubectl'>,
): Promise<AppRecord | undefined> {
  const object = await getObject(cluster, recordPlace(cluster).path);
  if (!object) return undefined;
  const problem = recordProblem(object, recordPlace(cluster).setId, cluster);
  if (problem) throw problem;
  return { members: parseMembers(object)!, resourceVersion: String(object.metadata.resourceVersion) };
}

/** The object that holds these members; without version. */
export function recordObject(
  members: readonly Member[],
  { scope, namespace }: Pick<Cluster, 'scope' | 'namespace'>,
): KubernetesObject {
  const { name, setId } = recordPlace({ scope, namespace });
  return {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: {
      name,
      namespace,
      labels: {
        [applySet.id]: setId,
        [labels.app]: scope.app,
        [labels.environment]: scope.environment,
        [managedBy]: 'cloudnative',
      },
      annotations: { [applySet.tooling]: tooling, ...hintsFor(members, namespace) },
    },
    data: { members: memberLines(members) },
  };
}

/** The tool and the version of the record's form. */
export const tooling = 'cloudnative/v1';

/** A line for each, sorted by address. */
export function memberLines(members: readonly Member[]): string {
  const sorted = members
    .map((member) => ({ key: addressKey(member), member }))
    .sort((a, b) => (a.key < b.key ? -1 : 1));
  return sorted
    .map(({ member: { kind, group, namespace, name, uid, service, unlabelled } }) =>
      JSON.stringify({ kind, group, namespace, name, uid, service, unlabelled }),
    )
    .join('\n');
}

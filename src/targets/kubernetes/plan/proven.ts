import { apiGroup, type KubernetesObject } from '../../../core/kubernetes-object.ts';
import { applyObject, type Cluster } from '../cluster.ts';
import { type GroupResource, interferes } from './admission.ts';
import { isWellFormed } from './well-formed.ts';

/** A new object, and where it goes. */
export interface NewObject {
  path: string;
  object: KubernetesObject;
}

/** Dry runs that are saved below this number cost no more than finding out that they can be. */
const worthwhile = 20;

/**
 * Of objects that are to be created, those that the server need not be asked about: their manifest can hold nothing that the API refuses,
 * nothing in the cluster judges their kind, we may write the kind under any name, and one of them was asked about and accepted.
 */
export async function provenAmong<T extends NewObject>(
  objects: readonly T[],
  cluster: Cluster,
): Promise<ReadonlySet<T>> {
  const groups = new Map<string, T[]>();
  for (const one of objects) {
    if (!isWellFormed(one.object)) continue;
    const collection = one.path.slice(0, one.path.lastIndexOf('/'));
    groups.set(collection, [...(groups.get(collection) ?? []), one]);
  }
  const skipped = [...groups.values()].reduce((sum, group) => sum + group.length - 1, 0);
  if (skipped < worthwhile) return new Set();
  const judged = await interferes(cluster);
  const proven = await Promise.all(
    [...groups.values()].map(async (group) => {
      const [sample] = group;
      if (judged(resourceOf(sample!)) || !(await isAccepted(sample!, cluster))) return [];
      return group;
    }),
  );
  return new Set(proven.flat());
}

function resourceOf({ path, object }: NewObject): GroupResource {
  return { group: apiGroup(object), resource: path.split('/').at(-2)! };
}

async function isAccepted(sample: NewObject, cluster: Cluster): Promise<boolean> {
  const asked = applyObject(cluster, sample.path, sample.object, { dryRun: true });
  const [accepted, allowed] = await Promise.all([
    // What is refused is told by who asks about it anyway.
    asked.then(
      () => true,
      () => false,
    ),
    mayWriteAny(resourceOf(sample), cluster),
  ]);
  return accepted && allowed;
}

/** A right to patch may be for some names only; creating cannot be limited so, and the sample has shown it. */
async function mayWriteAny(resource: GroupResource, { api, namespace }: Cluster): Promise<boolean> {
  const body = {
    apiVersion: 'authorization.k8s.io/v1',
    kind: 'SelfSubjectAccessReview',
    spec: { resourceAttributes: { ...resource, namespace, verb: 'patch' } },
  };
  const path = '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews';
  try {
    const { value } = await api.request<{ status?: { allowed?: boolean } }>({ method: 'POST', path, body });
    return value.status?.allowed === true;
  } catch {
    return false;
  }
}

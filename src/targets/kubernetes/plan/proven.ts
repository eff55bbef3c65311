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
 * Tells of each of the objects that are to be created whether the server need not be asked about it: its manifest can hold nothing that
 * the API refuses, nothing in the cluster judges its kind, we may write the kind under any name, and one of them was asked about and accepted.
 */
export function provenAmong<T extends NewObject>(
  objects: readonly T[],
  cluster: Cluster,
): (one: T) => Promise<boolean> {
  let candidates: ReadonlySet<T> | undefined;
  let proven: Promise<ReadonlySet<T>> | undefined;
  return async (one) => {
    candidates ??= new Set(objects.filter(({ object }) => isWellFormed(object)));
    if (!candidates.has(one)) return false;
    proven ??= provenOf(candidates, cluster);
    return (await proven).has(one);
  };
}

async function provenOf<T extends NewObject>(
  candidates: ReadonlySet<T>,
  cluster: Cluster,
): Promise<ReadonlySet<T>> {
  const groups = new Map<string, T[]>();
  for (const one of candidates) {
    const collection = one.path.slice(0, one.path.lastIndexOf('/'));
    groups.set(collection, [...(groups.get(collection) ?? []), one]);
  }
  if (candidates.size - groups.size < worthwhile) return new Set();
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

import { ExpectedError } from '../../../core/errors.ts';
import type { KubernetesObject } from '../../../core/kubernetes-object.ts';
import { ApiError } from '../api/api-error.ts';
import type { Cluster } from '../cluster.ts';
import { handEdits } from '../fields/claims.ts';
import { aloneAt } from './stand-in.ts';

/**
 * The server refuses an object that it would accept alone: what others added by hand does not go together with the manifest,
 * for example a second default among the items of a list. Undefined when the manifest itself is what it refuses.
 */
export async function refusedBesideOthers(
  desired: { id: string; path: string; object: KubernetesObject },
  live: KubernetesObject,
  why: readonly string[],
  cluster: Cluster,
): Promise<ExpectedError | undefined> {
  const others = [...new Set(handEdits(live).map(({ manager = '' }) => manager))].sort();
  if (others.length === 0 || !(await acceptedAlone(desired, cluster))) return undefined;
  const { kind, metadata } = desired.object;
  const what = `${kind.toLowerCase()} ${metadata.name}${metadata.namespace ? ` -n ${metadata.namespace}` : ''}`;
  return new ExpectedError({
    code: 'E_CONFLICT',
    exit: 'conflict',
    message: `${desired.id} does not go together with what ${others.join(', ')} added by hand`,
    where: `${desired.id} in the cluster`,
    why,
    hints: [
      `take back what was added: ${cluster.kubectl(`edit ${what}`)}`,
      `or remove it, and let a deploy make it anew: ${cluster.kubectl(`delete ${what}`)}`,
    ],
  });
}

/** Nothing is written. */
async function acceptedAlone(
  { path, object }: { path: string; object: KubernetesObject },
  cluster: Cluster,
): Promise<boolean> {
  try {
    await aloneAt(path, object, cluster);
    return true;
  } catch (error) {
    if (error instanceof ApiError) return false;
    throw error;
  }
}

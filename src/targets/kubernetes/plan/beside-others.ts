import { randomUUID } from 'node:crypto';
import { ExpectedError } from '../../../core/errors.ts';
import type { KubernetesObject } from '../../../core/kubernetes-object.ts';
import { ApiError } from '../api/api-error.ts';
import { applyObject, type Cluster, managedFieldsOf } from '../cluster.ts';

/**
 * The server refuses an object that it would accept alone: what others added by hand does not go together with the manifest,
 * for example a port of another number under the same name. Undefined when the manifest itself is what it refuses.
 */
export async function refusedBesideOthers(
  desired: { id: string; path: string; object: KubernetesObject },
  live: KubernetesObject,
  why: readonly string[],
  cluster: Cluster,
): Promise<ExpectedError | undefined> {
  const others = handEditors(live);
  if (others.length === 0 || !(await acceptedAlone(desired, cluster))) return undefined;
  const { kind, metadata } = desired.object;
  const where = metadata.namespace ? ` -n ${metadata.namespace}` : '';
  return new ExpectedError({
    code: 'E_CONFLICT',
    exit: 'conflict',
    message: `${desired.id} does not go together with what ${others.join(', ')} added by hand`,
    where: `${desired.id} in the cluster`,
    why,
    hints: [
      `take back what was added: kubectl edit ${kind.toLowerCase()} ${metadata.name}${where}`,
      `or remove it, and let a deploy make it anew: kubectl delete ${kind.toLowerCase()} ${metadata.name}${where}`,
    ],
  });
}

function handEditors(live: KubernetesObject): string[] {
  const names = managedFieldsOf(live)
    .filter(({ operation, subresource }) => operation === 'Update' && subresource !== 'status')
    .flatMap(({ manager }) => (manager?.startsWith('kubectl') ? [manager] : []));
  return [...new Set(names)].sort();
}

/** Asks for the same object under a name that nothing has; nothing is written. */
async function acceptedAlone(
  { path, object }: { path: string; object: KubernetesObject },
  cluster: Cluster,
): Promise<boolean> {
  const name = `probe-${randomUUID().slice(0, 8)}`;
  const alone = { ...object, metadata: { ...object.metadata, name } };
  try {
    await applyObject(cluster, path.replace(/[^/]+$/, name), alone, { dryRun: true });
    return true;
  } catch (error) {
    if (error instanceof ApiError) return false;
    throw error;
  }
}

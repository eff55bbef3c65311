import type { Change } from '../../../core/change.ts';
import type { Cluster } from '../cluster.ts';
import type { RemoveStep } from '../step.ts';
import { releasePieces } from './release-secrets.ts';

/** The end of an app's history, after all else of it is gone. */
export async function releaseRemovals(
  others: readonly Change[],
  cluster: Pick<Cluster, 'api' | 'scope' | 'namespace'>,
): Promise<Change[]> {
  const pieces = await releasePieces(cluster);
  const after = others.filter(({ action }) => action === 'remove').map(({ id }) => id);
  return pieces.map(({ name, path, uid }): Change => {
    const desired: RemoveStep = { do: 'remove', path, uid };
    return { id: `Secret/${name}`, action: 'remove', fields: [], after, bookkeeping: true, desired };
  });
}

import type { Change } from '../../../core/change.ts';
import type { Cluster } from '../cluster.ts';
import { namespacePath } from '../home.ts';
import { type RemoveStep, stepOf } from '../step.ts';
import { releasePieces } from './release-pieces.ts';

/** The end of an app's history, after all else of it is gone. */
export async function releaseRemovals(
  others: readonly Change[],
  cluster: Pick<Cluster, 'api' | 'scope' | 'namespace'>,
): Promise<Change[]> {
  const isHome = (change: Change) =>
    change.action === 'remove' && (stepOf(change) as RemoveStep).path === namespacePath(cluster.namespace);
  // With its namespace all goes that is in it.
  if (others.some(isHome)) return [];
  const pieces = await releasePieces(cluster);
  const after = others.filter(({ action }) => action === 'remove').map(({ id }) => id);
  return pieces.map(({ name, path, uid }): Change => {
    const desired: RemoveStep = { do: 'remove', path, uid };
    return { id: `Secret/${name}`, action: 'remove', fields: [], after, bookkeeping: true, desired };
  });
}

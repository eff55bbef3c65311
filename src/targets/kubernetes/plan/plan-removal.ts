import type { Change } from '../../../core/change.ts';
import type { Cluster } from '../cluster.ts';
import { withNamespace } from '../prune/namespace-removal.ts';
import { planPrune } from '../prune/plan-prune.ts';
import { unrecorded } from '../prune/unrecorded.ts';
import { readRecord, recordPlace } from '../record/app-record.ts';
import { recordChanges } from '../record/record-changes.ts';

export interface RemovalOptions {
  /** Kinds that only go when they are named here. */
  pruneKinds?: readonly string[];
  /** The app's namespace goes too, when it holds nothing else. */
  deleteNamespace?: boolean;
}

/**
 * The removal of what the record and the labels both call the app's, of the named services or of all: pruning, with nothing wanted.
 * Where nothing is left, the record goes too.
 */
export async function planRemoval(
  services: readonly string[] | undefined,
  cluster: Cluster,
  { pruneKinds = [], deleteNamespace = false }: RemovalOptions = {},
): Promise<Change[]> {
  const [record] = await Promise.all([readRecord(cluster), cluster.kinds('again')]);
  const older = record ? [] : await unrecorded(cluster);
  const pruning = await planPrune({ record, older, wanted: [], services, named: pruneKinds }, cluster);
  const { after } = recordChanges({ record, applied: [], ...pruning }, recordPlace(cluster).name);
  const removals = pruning.changes.map(({ id }) => id);
  const changes = [...pruning.changes, ...(after ? [{ ...after, after: removals }] : [])];
  if (!deleteNamespace) return changes;
  return withNamespace(changes, record?.members ?? older.map(({ member }) => member), cluster);
}

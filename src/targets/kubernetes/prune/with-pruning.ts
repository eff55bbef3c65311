import type { Change } from '../../../core/change.ts';
import { addressOf } from '../address.ts';
import type { Cluster } from '../cluster.ts';
import { type AppRecord, recordPlace } from '../record/app-record.ts';
import { recordChanges } from '../record/record-changes.ts';
import { heldVersions } from '../releases/held-versions.ts';
import { type ApplyStep, stepOf } from '../step.ts';
import type { FoundMember } from './found-members.ts';
import { planPrune } from './plan-prune.ts';

export interface Applying {
  /** All that the plan applies, also what is as it should be. */
  changes: readonly Change[];
  /** Of the objects that are there, by change. */
  uids: ReadonlyMap<string, string>;
  /** Those whose objects may go. */
  services: readonly string[];
  /** Guarded kinds that may go. */
  named: readonly string[];
  record: AppRecord | undefined;
  /** What there is without a record. */
  older: readonly FoundMember[];
  /** Why something goes. */
  note: string;
}

/**
 * A deploy's changes with all around them: first the record of what may come to be, then what is applied, then the removal of what
 * the manifests no longer have, once everything applied is ready, and at last the record of what is there.
 */
export async function withPruning(
  { changes, uids, services, named, record, older, note }: Applying,
  cluster: Cluster,
): Promise<Change[]> {
  const applied = changes.map((change) => {
    const { object } = stepOf(change) as ApplyStep;
    const uid = uids.get(change.id);
    const member = { ...addressOf(object), ...(uid === undefined ? {} : { uid }), service: change.service };
    return { member, change: change.id, action: change.action };
  });
  const request = { record, older, wanted: applied, services, named, note, held: heldVersions };
  const pruning = await planPrune(request, cluster);
  const { before, after } = recordChanges({ record, applied, ...pruning }, recordPlace(cluster).name);

  const first = before ? [before.id] : [];
  const last = sinksOf(changes);
  const removals = pruning.changes.map(
    (change): Change =>
      change.action === 'remove' && change.after.length === 0 ? { ...change, after: last } : change,
  );
  const all = [...changes, ...removals];
  return [
    ...(before ? [before] : []),
    ...all.map((change) => ({ ...change, after: [...first, ...change.after] })),
    ...(after ? [{ ...after, after: [...first, ...sinksOf(all)] }] : []),
  ];
}

/** Those that no other comes after: when they are ready, all are. */
function sinksOf(changes: readonly Change[]): string[] {
  const earlier = new Set(changes.flatMap(({ after }) => after));
  return changes.flatMap(({ id }) => (earlier.has(id) ? [] : id));
}

import type { Change, Plan } from '../../../core/change.ts';
import type { KubernetesObject } from '../../../core/kubernetes-object.ts';
import { fieldManager } from '../../../core/labels.ts';
import { addressKey, addressOf } from '../address.ts';
import { type Cluster, managedFieldsOf } from '../cluster.ts';
import { planPrune } from '../prune/plan-prune.ts';
import { readRecord, recordPlace } from '../record/app-record.ts';
import { recordChanges } from '../record/record-changes.ts';

/** The removal of what this run has created of a plan. `applied` are the objects as the server answered, by change. */
export async function planUndo(
  plan: Plan,
  applied: ReadonlyMap<string, KubernetesObject>,
  cluster: Cluster,
): Promise<Change[]> {
  const record = await readRecord(cluster);
  if (!record) return [];
  const created = new Map<string, string>();
  for (const { id, action, service } of plan.changes) {
    const object = applied.get(id);
    if (action === 'create' && service !== undefined && object && isNew(object))
      created.set(addressKey(addressOf(object)), String(object.metadata.uid));
  }
  const members = record.members.flatMap((member) => {
    const uid = created.get(addressKey(member));
    return uid === undefined ? [] : [{ ...member, uid }];
  });
  const request = { record: { ...record, members }, older: [], wanted: [], named: [] };
  const pruning = await planPrune({ ...request, note: 'this deploy created it' }, cluster);
  const { after } = recordChanges({ record, applied: [], ...pruning }, recordPlace(cluster).name);
  const removals = pruning.changes.map(({ id }) => id);
  return [...pruning.changes, ...(after ? [{ ...after, after: removals }] : [])];
}

/** Someone may have made it between the plan and the write: then another has fields of it. */
function isNew(object: KubernetesObject): boolean {
  return managedFieldsOf(object).every(({ manager }) => manager === fieldManager);
}

import type { Change, Plan } from '../../../core/change.ts';
import type { KubernetesObject } from '../../../core/kubernetes-object.ts';
import { fieldManager } from '../../../core/labels.ts';
import { placeFlags } from '../../../core/place-flags.ts';
import { addressKey, addressOf } from '../address.ts';
import { type Cluster, managedFieldsOf } from '../cluster.ts';
import { namespacePath } from '../home.ts';
import { planPrune } from '../prune/plan-prune.ts';
import { readRecord, recordPlace } from '../record/app-record.ts';
import { recordChanges } from '../record/record-changes.ts';
import { type KeepStep, stepOf } from '../step.ts';

/** The removal of what this run has created of a plan. `applied` are the objects as the server answered, by change. */
export async function planUndo(
  plan: Plan,
  applied: ReadonlyMap<string, KubernetesObject>,
  cluster: Cluster,
): Promise<Change[]> {
  const kept = keptHome(plan, applied, cluster);
  const record = await readRecord(cluster);
  if (!record) return kept;
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
  return [...kept, ...pruning.changes, ...(after ? [{ ...after, after: removals }] : [])];
}

/** The app's namespace, where the deploy had to make it: nobody's member, and nothing that goes without its name. */
function keptHome(
  plan: Plan,
  applied: ReadonlyMap<string, KubernetesObject>,
  { scope, namespace }: Cluster,
): Change[] {
  const path = namespacePath(namespace);
  const home = plan.changes.find((change) => {
    const step = stepOf(change);
    return change.action === 'create' && step.do === 'apply' && step.path === path;
  });
  if (!home || home.service !== undefined || !applied.has(home.id)) return [];
  const removal = `cloudnative destroy ${placeFlags(scope)} --delete-namespace`;
  const note = `kept: a namespace only goes when it is asked for; to remove it: ${removal}`;
  const desired: KeepStep = { do: 'keep' };
  return [{ id: home.id, action: 'none', unwanted: true, fields: [], note, after: [], desired }];
}

/** Someone may have made it between the plan and the write: then another has fields of it. */
function isNew(object: KubernetesObject): boolean {
  return managedFieldsOf(object).every(({ manager }) => manager === fieldManager);
}

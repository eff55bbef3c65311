import type { Change, Plan } from '../../../core/change.ts';
import type { KubernetesObject } from '../../../core/kubernetes-object.ts';
import { fieldManager } from '../../../core/labels.ts';
import { type Cluster, managedFieldsOf } from '../cluster.ts';
import { type ApplyStep, stepOf } from '../step.ts';
import { removalsOf } from './left-behind.ts';
import { withPods } from './with-pods.ts';

/** The removal of what this run has created of a plan. `applied` are the objects as the server answered, by change. */
export async function planUndo(
  plan: Plan,
  applied: ReadonlyMap<string, KubernetesObject>,
  cluster: Cluster,
): Promise<Change[]> {
  const created = plan.changes.flatMap((change) => {
    const live = applied.get(change.id);
    const { service, action } = change;
    if (action !== 'create' || service === undefined || !live || !isNew(live)) return [];
    return [{ service, live, path: (stepOf(change) as ApplyStep).path }];
  });
  return removalsOf(await withPods(created, cluster), [], new Set(), cluster).map((change) =>
    change.action === 'remove' ? { ...change, note: 'this deploy created it' } : change,
  );
}

/** Someone may have made it between the plan and the write: then another has fields of it. */
function isNew(object: KubernetesObject): boolean {
  return managedFieldsOf(object).every(({ manager }) => manager === fieldManager);
}

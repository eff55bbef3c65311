import type { Basis, ChangeBasis } from '../../core/basis.ts';
import type { Change, Plan } from '../../core/change.ts';
import type { KubernetesObject } from '../../core/kubernetes-object.ts';
import { mapLimit } from '../../core/limit.ts';
import { fieldPath } from '../../plan/field-changes.ts';
import { isForbidden } from './api/api-error.ts';
import { type Cluster, getObject } from './cluster.ts';
import { namespacePath } from './home.ts';
import { type ApplyStep, type RemoveStep, stepOf } from './step.ts';

/** `seen`: the live objects that the plan was made from, by change. Of what would be removed the content is read. */
export async function planBasis(
  plan: Plan,
  seen: ReadonlyMap<string, KubernetesObject>,
  cluster: Pick<Cluster, 'api' | 'namespace'>,
): Promise<Basis> {
  const own = plan.changes.filter(({ bookkeeping }) => !bookkeeping);
  const [home, changes] = await Promise.all([
    readable(namespacePath(cluster.namespace), cluster),
    mapLimit(own, 8, async (change) => [change.id, await basisOf(change, seen, cluster)] as const),
  ]);
  const place = home?.metadata.uid as string | undefined;
  return { ...(place === undefined ? {} : { place }), changes: new Map(changes) };
}

async function basisOf(
  change: Change,
  seen: ReadonlyMap<string, KubernetesObject>,
  cluster: Pick<Cluster, 'api'>,
): Promise<ChangeBasis> {
  const step = stepOf(change);
  if (step.do === 'remove') return removalBasis(step, cluster);
  if (step.do !== 'apply') return { wanted: { do: step.do } };
  const wanted = { path: step.path, object: wantedObject(step) };
  if (change.action === 'create') return { wanted };
  const live = seen.get(change.id);
  const uid = step.replaces ?? step.reviewed?.uid ?? (live?.metadata.uid as string | undefined);
  const known = { ...(uid === undefined ? {} : { uid }), wanted };
  if (change.action === 'none') return known;
  if (change.action === 'replace')
    return { ...known, found: contentOf(live ?? (await getObject(cluster, step.path))) };
  return { ...known, found: { fields: change.fields, secrets: hiddenValues(change, live) } };
}

async function removalBasis({ path, uid }: RemoveStep, cluster: Pick<Cluster, 'api'>): Promise<ChangeBasis> {
  const live = await readable(path, cluster);
  const wanted = { path, removed: true };
  return { uid, wanted, ...(live ? { found: contentOf(live) } : {}) };
}

/** The number of pods is an autoscaler's where it was kept: it moves by itself. */
function wantedObject({ object, keepsReplicas }: ApplyStep): KubernetesObject {
  return keepsReplicas ? withoutReplicas(object) : object;
}

/** What would be lost with an object, without what controllers and autoscalers write all the time. */
function contentOf(live: KubernetesObject | undefined): unknown {
  if (!live) return null;
  const { status: _, metadata, ...content } = withoutReplicas(live);
  return { ...content, labels: metadata.labels };
}

function withoutReplicas(object: KubernetesObject): KubernetesObject {
  if (typeof object.spec !== 'object' || object.spec === null) return object;
  const { replicas: _, ...spec } = object.spec as { replicas?: unknown };
  return { ...object, spec };
}

/** The live values of those fields of a Secret that a change alters without showing them. */
function hiddenValues({ fields }: Change, live: KubernetesObject | undefined): Record<string, unknown> {
  const hidden = new Set(fields.flatMap(({ path, secret }) => (secret ? path : [])));
  const entries = Object.entries((live?.data ?? {}) as Record<string, unknown>);
  return Object.fromEntries(entries.filter(([key]) => hidden.has(fieldPath('data', key))));
}

/** Undefined also where we may not look. */
async function readable(path: string, cluster: Pick<Cluster, 'api'>): Promise<KubernetesObject | undefined> {
  try {
    return await getObject(cluster, path);
  } catch (error) {
    if (isForbidden(error)) return undefined;
    throw error;
  }
}

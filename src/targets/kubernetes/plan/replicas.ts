import type { KubernetesObject } from '../../../core/kubernetes-object.ts';
import { listAll } from '../api/lists.ts';
import { type Cluster, ownFields } from '../cluster.ts';
import { clientApplied } from '../fields/claims.ts';

/**
 * A manifest that no longer names `replicas`, since an autoscaler sets them, would drop the workload to 1 pod as long as the number is
 * still ours: then the live number is applied again, and becomes the autoscaler's when it changes it. `scalers` are those that are live
 * or planned.
 */
export async function keepReplicas(
  desired: KubernetesObject,
  live: KubernetesObject | undefined,
  scalers: () => Promise<readonly KubernetesObject[]>,
): Promise<{ object: KubernetesObject; kept: boolean }> {
  const asIs = { object: desired, kept: false };
  const spec = desired.spec as { replicas?: number | null } | undefined;
  if (!live || !spec || (spec.replicas ?? undefined) !== undefined) return asIs;
  const replicas = (live.spec as { replicas?: number } | undefined)?.replicas;
  const owned =
    ownFields(live)?.['f:spec']?.['f:replicas'] ??
    clientApplied(live).find(({ fieldsV1 }) => fieldsV1?.['f:spec']?.['f:replicas']);
  if (replicas === undefined || owned === undefined) return asIs;
  if (!(await scalers()).some((one) => scales(one, desired))) return asIs;
  return { object: { ...desired, spec: { ...spec, replicas } }, kept: true };
}

/** The autoscalers among the planned objects, and those of the namespace, which are listed once and only when someone asks. */
export function scalersOf(
  planned: readonly KubernetesObject[],
  { api, namespace }: Pick<Cluster, 'api' | 'namespace'>,
): () => Promise<readonly KubernetesObject[]> {
  const kind = { apiVersion: 'autoscaling/v2', kind: 'HorizontalPodAutoscaler' };
  const path = `/apis/autoscaling/v2/namespaces/${encodeURIComponent(namespace)}/horizontalpodautoscalers`;
  let live: Promise<KubernetesObject[]> | undefined;
  return async () => {
    live ??= listAll(api, path, kind);
    return [...planned.filter((one) => one.kind === kind.kind), ...(await live)];
  };
}

function scales({ kind, spec }: KubernetesObject, workload: KubernetesObject): boolean {
  const { scaleTargetRef } = (spec ?? {}) as { scaleTargetRef?: { kind?: string; name?: string } };
  const isTarget = scaleTargetRef?.kind === workload.kind && scaleTargetRef.name === workload.metadata.name;
  return kind === 'HorizontalPodAutoscaler' && isTarget;
}

import type { KubernetesObject } from '../../../core/kubernetes-object.ts';
import { listAll } from '../api/lists.ts';
import { type Cluster, ownFields } from '../cluster.ts';

/**
 * A manifest that no longer names `replicas`, since an autoscaler sets them, would drop the workload to 1 pod as long as the number is
 * still ours: then the live number is applied again, and becomes the autoscaler's when it changes it. The autoscaler may be live, or be
 * among the `planned` objects.
 */
export async function keepReplicas(
  desired: KubernetesObject,
  live: KubernetesObject | undefined,
  planned: readonly KubernetesObject[],
  cluster: Pick<Cluster, 'api' | 'namespace'>,
): Promise<{ object: KubernetesObject; kept: boolean }> {
  const asIs = { object: desired, kept: false };
  const spec = desired.spec as { replicas?: number | null } | undefined;
  if (!live || !spec || (spec.replicas ?? undefined) !== undefined) return asIs;
  const replicas = (live.spec as { replicas?: number } | undefined)?.replicas;
  const owned =
    (ownFields(live)?.['f:spec'] as Record<string, unknown> | undefined)?.['f:replicas'] !== undefined;
  if (replicas === undefined || !owned) return asIs;
  const isScaled =
    planned.some((one) => scales(one, desired)) ||
    (await liveScalers(cluster)).some((one) => scales(one, desired));
  if (!isScaled) return asIs;
  return { object: { ...desired, spec: { ...spec, replicas } }, kept: true };
}

function scales({ kind, spec }: KubernetesObject, workload: KubernetesObject): boolean {
  const { scaleTargetRef } = (spec ?? {}) as { scaleTargetRef?: { kind?: string; name?: string } };
  const isTarget = scaleTargetRef?.kind === workload.kind && scaleTargetRef.name === workload.metadata.name;
  return kind === 'HorizontalPodAutoscaler' && isTarget;
}

function liveScalers({ api, namespace }: Pick<Cluster, 'api' | 'namespace'>): Promise<KubernetesObject[]> {
  const kind = { apiVersion: 'autoscaling/v2', kind: 'HorizontalPodAutoscaler' };
  const path = `/apis/autoscaling/v2/namespaces/${encodeURIComponent(namespace)}/horizontalpodautoscalers`;
  return listAll(api, path, kind);
}

import { apiGroup, type KubernetesObject } from '../core/kubernetes-object.ts';
import type { Verdict } from '../core/readiness.ts';
import type { ReadinessRule } from '../workspace/model.ts';
import { clusterKinds } from './cluster-kinds.ts';
import { byConditions } from './conditions.ts';
import { byRule, ruleFor } from './declared-readiness.ts';
import { knownFields } from './known-fields.ts';
import { podReadiness } from './pod-readiness.ts';
import { storageKinds } from './storage-kinds.ts';
import { progressing, ready } from './verdicts.ts';
import { workloadKinds } from './workload-kinds.ts';

/**
 * Whether an object is as its manifest wants it, judged from the object alone: generic checks first, then the workspace's rule for its
 * kind, then what is known of the kind. Never throws, whatever its spec and status hold.
 */
export function readiness(object: KubernetesObject, rules: readonly ReadinessRule[] = []): Verdict {
  const known = knownFields(object);
  const { deletionTimestamp, finalizers, generation } = known.metadata as Meta;
  if (deletionTimestamp) {
    return progressing(
      finalizers?.length ? `being removed, held by ${finalizers.join(', ')}` : 'being removed',
    );
  }
  const observed = (known.status as { observedGeneration?: number } | undefined)?.observedGeneration;
  const key = `${apiGroup(object)}/${object.kind}`;
  const unseen = observed === undefined ? watched.has(key) : observed < (generation ?? 0);
  if (unseen) return progressing('its controller has not seen the change yet');
  const rule = ruleFor(object, rules);
  // A rule names fields of its own.
  if (rule) return byRule(object, rule);
  const judge = kinds[key];
  if (judge) return judge(known);
  return presentOnly.has(key) ? ready('present') : byConditions(known);
}

interface Meta {
  deletionTimestamp?: string;
  finalizers?: string[];
  generation?: number;
}

const kinds: Readonly<Record<string, ((object: KubernetesObject) => Verdict) | undefined>> = {
  ...workloadKinds,
  ...storageKinds,
  ...clusterKinds,
  '/Pod': podReadiness,
};

/** Their controllers always write observedGeneration: without it they have not looked yet. */
const watched = new Set([
  'apps/Deployment',
  'apps/StatefulSet',
  'apps/DaemonSet',
  'apps/ReplicaSet',
  'policy/PodDisruptionBudget',
]);

/** Kinds that are data: once stored, they are done. */
const presentOnly = new Set([
  '/ConfigMap',
  '/Secret',
  '/ServiceAccount',
  '/LimitRange',
  '/ResourceQuota',
  'networking.k8s.io/NetworkPolicy',
  'networking.k8s.io/Ingress',
  'rbac.authorization.k8s.io/Role',
  'rbac.authorization.k8s.io/RoleBinding',
  'rbac.authorization.k8s.io/ClusterRole',
  'rbac.authorization.k8s.io/ClusterRoleBinding',
  'policy/PodDisruptionBudget',
  'autoscaling/HorizontalPodAutoscaler',
  'batch/CronJob',
  'scheduling.k8s.io/PriorityClass',
  'storage.k8s.io/StorageClass',
]);

import type { KubernetesObject } from '../../../core/kubernetes-object.ts';
import { podSpecOf } from '../../../manifests/pod-specs.ts';
import { kindOf } from './item.ts';

/** Heights by nature: what comes first is lower. Workloads of services that call others rise by their distance, in thousandths. */
export const levels = {
  namespace: 0,
  definition: 1,
  /** There as soon as it is stored, and read, obeyed or mounted by pods. */
  stored: 2,
  binding: 2.1,
  /** Custom resources that make a Secret or ConfigMap which pods wait for. */
  making: 2.5,
  /** Stands for all that is stored, see `barriers.ts`. */
  allStored: 2.9,
  /** Services and claims of volumes. */
  reached: 3,
  beforeWorkloads: 3.5,
  workload: 4,
  afterWorkloads: 4.9,
  /** Webhooks and aggregated APIs, which pods serve. */
  registration: 5,
  other: 6,
} as const;

export function levelOf(object: KubernetesObject): number {
  if (podSpecOf(object)) return hookLevel(object) ?? levels.workload;
  const known = byKind[kindOf(object)];
  // Pods need no balancer's address, which may be long in coming.
  const { type } = (object.spec ?? {}) as { type?: string };
  if (known === levels.reached && type === 'LoadBalancer') return levels.other;
  return known ?? levels.other;
}

const byKind: Readonly<Record<string, number | undefined>> = {
  '/Namespace': levels.namespace,
  'apiextensions.k8s.io/CustomResourceDefinition': levels.definition,
  '/ConfigMap': levels.stored,
  '/Secret': levels.stored,
  '/ServiceAccount': levels.stored,
  '/LimitRange': levels.stored,
  '/ResourceQuota': levels.stored,
  '/PersistentVolume': levels.stored,
  'networking.k8s.io/NetworkPolicy': levels.stored,
  'rbac.authorization.k8s.io/Role': levels.stored,
  'rbac.authorization.k8s.io/ClusterRole': levels.stored,
  'rbac.authorization.k8s.io/RoleBinding': levels.binding,
  'rbac.authorization.k8s.io/ClusterRoleBinding': levels.binding,
  'scheduling.k8s.io/PriorityClass': levels.stored,
  'node.k8s.io/RuntimeClass': levels.stored,
  'storage.k8s.io/StorageClass': levels.stored,
  '/Service': levels.reached,
  '/PersistentVolumeClaim': levels.reached,
  'admissionregistration.k8s.io/ValidatingWebhookConfiguration': levels.registration,
  'admissionregistration.k8s.io/MutatingWebhookConfiguration': levels.registration,
  'apiregistration.k8s.io/APIService': levels.registration,
};

/** A chart's hooks run before or after the rest of it; here that is where they stand in the order. */
function hookLevel({ metadata }: KubernetesObject): number | undefined {
  const hooks = metadata.annotations?.['helm.sh/hook']?.split(',').map((hook) => hook.trim()) ?? [];
  if (hooks.some((hook) => /^pre-(install|upgrade)$/.test(hook))) return levels.beforeWorkloads;
  if (hooks.some((hook) => /^post-(install|upgrade)$/.test(hook))) return levels.afterWorkloads;
  return undefined;
}

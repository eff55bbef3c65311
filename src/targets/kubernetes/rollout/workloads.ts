import { apiGroup, type KubernetesObject } from '../../../core/kubernetes-object.ts';

/** Kinds whose pods we look at. */
export const workloadKinds = [
  { apiVersion: 'apps/v1', kind: 'Deployment', name: 'deployments' },
  { apiVersion: 'apps/v1', kind: 'StatefulSet', name: 'statefulsets' },
  { apiVersion: 'apps/v1', kind: 'DaemonSet', name: 'daemonsets' },
  { apiVersion: 'batch/v1', kind: 'Job', name: 'jobs' },
  { apiVersion: 'v1', kind: 'Pod', name: 'pods' },
] as const;

export function isWorkload(object: KubernetesObject): boolean {
  const group = apiGroup(object);
  return workloadKinds.some((workload) => workload.kind === object.kind && apiGroup(workload) === group);
}

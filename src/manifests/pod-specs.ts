import { isRecord } from '../core/is-record.ts';
import type { KubernetesObject } from '../core/kubernetes-object.ts';

export interface EnvEntry {
  name: string;
  value?: string;
  valueFrom?: { configMapKeyRef?: { name?: string }; secretKeyRef?: { name?: string; key?: string } };
}

export interface Container {
  name: string;
  image?: string;
  env?: EnvEntry[] | null;
  envFrom?: { configMapRef?: { name?: string }; secretRef?: { name?: string } }[] | null;
  ports?: { containerPort?: number; protocol?: string }[] | null;
  volumeMounts?: { mountPath?: string }[] | null;
  readinessProbe?: object | null;
}

export interface Volume {
  name: string;
  configMap?: { name?: string };
  secret?: { secretName?: string };
  projected?: { sources?: { configMap?: { name?: string }; secret?: { name?: string } }[] | null };
}

export interface PodSpec {
  containers?: Container[] | null;
  initContainers?: Container[] | null;
  volumes?: Volume[] | null;
  imagePullSecrets?: { name?: string }[] | null;
  [field: string]: unknown;
}

/** The object's pod spec, by where one can be: in a Pod, a workload (built in or a custom one), a CronJob, a PodTemplate. */
export function podSpecOf(object: KubernetesObject): PodSpec | undefined {
  for (const path of paths) {
    let at: unknown = object;
    for (const field of path) at = isRecord(at) ? at[field] : undefined;
    if (isRecord(at) && Array.isArray(at.containers)) return at;
  }
  return undefined;
}

/** Init containers first. */
export function containersOf({ initContainers, containers }: PodSpec): Container[] {
  return [...(initContainers ?? []), ...(containers ?? [])];
}

const paths = [
  ['spec'],
  ['spec', 'template', 'spec'],
  ['spec', 'jobTemplate', 'spec', 'template', 'spec'],
  ['template', 'spec'],
];

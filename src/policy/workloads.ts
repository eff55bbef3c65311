import { isRecord } from '../core/is-record.ts';
import { apiGroup, type KubernetesObject } from '../core/kubernetes-object.ts';
import type { Path } from '../core/yaml-document.ts';
import { type Json, record } from './json.ts';

/** The pods that an object makes, or is. */
export interface PodTemplate {
  /** Of metadata and spec within the object; empty for a Pod. */
  path: Path;
  labels: Json;
  annotations: Json;
  spec: Json;
}

/** The pod template of a built-in kind. */
export function podTemplateOf(object: KubernetesObject): PodTemplate | undefined {
  const path = templatePaths[kindKey(object)];
  return path && templateAt(object, path);
}

/** Where an object of another kind holds something like a pod spec, as far as a deploy looks into it. */
export function customPodSpec(object: KubernetesObject): { path: Path; spec: Json } | undefined {
  for (const path of Object.values(templatePaths)) {
    const spec = [...path, 'spec'].reduce<unknown>((at, step) => record(at)[step], object);
    if (isRecord(spec) && Array.isArray(spec.containers)) return { path: [...path, 'spec'], spec };
  }
  return undefined;
}

/** `Deployment.apps`; `Pod` of the core group. */
export function kindKey(object: Pick<KubernetesObject, 'apiVersion' | 'kind'>): string {
  const group = apiGroup(object);
  return group ? `${object.kind}.${group}` : object.kind;
}

/** Containers of all sorts, each with its path within the object. */
export function containersOf({ path, spec }: PodTemplate): { container: Json; path: Path }[] {
  return ['initContainers', 'containers', 'ephemeralContainers'].flatMap((field) => {
    const list = spec[field];
    if (!Array.isArray(list)) return [];
    return (list as unknown[]).map((container, index) => ({
      container: record(container),
      path: [...path, 'spec', field, index],
    }));
  });
}

const template = ['spec', 'template'];
const templatePaths: Record<string, readonly string[]> = {
  Pod: [],
  PodTemplate: ['template'],
  ReplicationController: template,
  'Deployment.apps': template,
  'ReplicaSet.apps': template,
  'StatefulSet.apps': template,
  'DaemonSet.apps': template,
  'Job.batch': template,
  'CronJob.batch': ['spec', 'jobTemplate', 'spec', 'template'],
};

function templateAt(object: KubernetesObject, path: readonly string[]): PodTemplate | undefined {
  const holder = path.reduce<unknown>((at, step) => record(at)[step], object);
  if (!isRecord(holder) || !isRecord(holder.spec)) return undefined;
  const metadata = record(holder.metadata);
  return {
    path,
    labels: record(metadata.labels),
    annotations: record(metadata.annotations),
    spec: holder.spec,
  };
}

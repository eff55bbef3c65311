import { createHash } from 'node:crypto';
import type { KubernetesObject } from '../core/kubernetes-object.ts';
import { labels } from '../core/labels.ts';
import { containersOf, type PodSpec, podSpecOf } from './pod-specs.ts';

type Kind = 'ConfigMap' | 'Secret';

/** Renames ConfigMaps and Secrets that ask for it after their content, and what refers to them, so that a change rolls the pods. */
export function versionNames(objects: readonly KubernetesObject[]): void {
  const names = { ConfigMap: new Map<string, string>(), Secret: new Map<string, string>() };
  for (const object of objects) {
    if (!isVersioned(object)) continue;
    const name = `${object.metadata.name}-${contentHash(object)}`;
    names[object.kind].set(object.metadata.name, name);
    object.metadata.name = name;
  }
  const renamed = <T extends string | undefined>(kind: Kind, name: T) =>
    (names[kind].get(name ?? '') ?? name) as T;
  for (const object of objects) {
    const spec = podSpecOf(object);
    if (spec) renameReferences(spec, renamed);
  }
}

/** Whether its name follows its content. */
export function isVersioned(object: KubernetesObject): object is KubernetesObject & { kind: Kind } {
  const { annotations, labels: own } = object.metadata;
  const asked = annotations?.[labels.versioned] ?? own?.[labels.versioned];
  return (
    object.apiVersion === 'v1' &&
    (object.kind === 'ConfigMap' || object.kind === 'Secret') &&
    asked === 'true'
  );
}

function contentHash({ data, binaryData, stringData, type }: KubernetesObject): string {
  const content = sorted({ data, binaryData, stringData, type });
  return createHash('sha256').update(JSON.stringify(content)).digest('hex').slice(0, 10);
}

function sorted(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return entries.map(([key, child]) => [key, sorted(child)]);
}

function renameReferences(
  spec: PodSpec,
  renamed: (kind: Kind, name: string | undefined) => string | undefined,
): void {
  const rename = (kind: Kind, reference: { name?: string } | undefined) => {
    if (reference?.name) reference.name = renamed(kind, reference.name);
  };
  for (const container of containersOf(spec)) {
    for (const { configMapRef, secretRef } of container.envFrom ?? []) {
      rename('ConfigMap', configMapRef);
      rename('Secret', secretRef);
    }
    for (const { valueFrom } of container.env ?? []) {
      rename('ConfigMap', valueFrom?.configMapKeyRef);
      rename('Secret', valueFrom?.secretKeyRef);
    }
  }
  for (const { configMap, secret, projected } of spec.volumes ?? []) {
    rename('ConfigMap', configMap);
    if (secret?.secretName) secret.secretName = renamed('Secret', secret.secretName);
    for (const source of projected?.sources ?? []) {
      rename('ConfigMap', source.configMap);
      rename('Secret', source.secret);
    }
  }
  for (const reference of spec.imagePullSecrets ?? []) rename('Secret', reference);
}

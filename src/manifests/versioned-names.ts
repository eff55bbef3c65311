import { createHash } from 'node:crypto';
import type { KubernetesObject } from '../core/kubernetes-object.ts';
import { labels } from '../core/labels.ts';
import { type Renamed, renameReferences } from './rename-references.ts';

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
  const renamed: Renamed = (kind, name) => names[kind].get(name) ?? name;
  for (const object of objects) renameReferences(object, renamed);
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

import type { KubernetesObject } from '../../core/kubernetes-object.ts';
import { nearest } from '../../core/suggest.ts';
import type { Path } from '../../core/yaml-document.ts';
import type { Tell } from '../finding.ts';
import { type Json, record, records, text } from '../json.ts';
import { containersOf, type PodTemplate } from '../workloads.ts';
import type { Inventory } from './inventory.ts';

interface Reference {
  kind: 'ConfigMap' | 'Secret' | 'PersistentVolumeClaim' | 'ServiceAccount';
  name: string;
  /** Of the data that is asked for. */
  key?: string;
  path: Path;
}

/** Warns where pods ask for what the input has under another name, or without the key: the rest may be in the cluster already. */
export function checkPodReferences(
  object: KubernetesObject,
  pod: PodTemplate,
  inventory: Inventory,
  tell: Tell,
): void {
  const spec = [...pod.path, 'spec'];
  const all = [...ofContainers(pod), ...ofVolumes(pod.spec, spec), ...ofPod(pod.spec, spec)];
  for (const { kind, name, key, path } of all) {
    const found = inventory.find(object, kind, name);
    if (!found) {
      const meant = nearest(name, inventory.names(object, kind));
      if (meant)
        tell({
          severity: 'warning',
          rule: 'unknown-reference',
          path,
          message: `is ${name}, did you mean ${kind}/${meant} of these manifests?`,
        });
    } else if (key !== undefined && !hasKey(found, key)) {
      const message = `is ${key}, which ${kind}/${name} of these manifests does not have`;
      tell({ severity: 'warning', rule: 'unknown-key', path: [...path.slice(0, -1), 'key'], message });
    }
  }
}

function hasKey({ data, binaryData, stringData }: KubernetesObject, key: string): boolean {
  return [data, binaryData, stringData].some((part) => key in record(part));
}

function reference(kind: Reference['kind'], holder: Json, field: string, path: Path): Reference[] {
  const name = text(holder[field]);
  const key = text(holder.key);
  if (!name || holder.optional === true) return [];
  return [{ kind, name, path: [...path, field], ...(key === undefined ? {} : { key }) }];
}

function ofContainers(pod: PodTemplate): Reference[] {
  return containersOf(pod).flatMap(({ container, path }) => [
    ...records(container.env).flatMap(({ item, index }) => {
      const from = record(item.valueFrom);
      const at = [...path, 'env', index, 'valueFrom'];
      return [
        ...reference('ConfigMap', record(from.configMapKeyRef), 'name', [...at, 'configMapKeyRef']),
        ...reference('Secret', record(from.secretKeyRef), 'name', [...at, 'secretKeyRef']),
      ];
    }),
    ...records(container.envFrom).flatMap(({ item, index }) => [
      ...reference('ConfigMap', record(item.configMapRef), 'name', [
        ...path,
        'envFrom',
        index,
        'configMapRef',
      ]),
      ...reference('Secret', record(item.secretRef), 'name', [...path, 'envFrom', index, 'secretRef']),
    ]),
  ]);
}

function ofVolumes(spec: Json, path: Path): Reference[] {
  return records(spec.volumes).flatMap(({ item, index }) => {
    const at = [...path, 'volumes', index];
    const claim = record(item.persistentVolumeClaim);
    return [
      ...reference('ConfigMap', record(item.configMap), 'name', [...at, 'configMap']),
      ...reference('Secret', record(item.secret), 'secretName', [...at, 'secret']),
      ...reference('PersistentVolumeClaim', claim, 'claimName', [...at, 'persistentVolumeClaim']),
      ...records(record(item.projected).sources).flatMap(({ item: source, index: from }) => [
        ...reference('ConfigMap', record(source.configMap), 'name', [
          ...at,
          'projected',
          'sources',
          from,
          'configMap',
        ]),
        ...reference('Secret', record(source.secret), 'name', [
          ...at,
          'projected',
          'sources',
          from,
          'secret',
        ]),
      ]),
    ];
  });
}

function ofPod(spec: Json, path: Path): Reference[] {
  return [
    ...reference('ServiceAccount', { name: spec.serviceAccountName }, 'name', path).map((one) => ({
      ...one,
      path: [...path, 'serviceAccountName'],
    })),
    ...records(spec.imagePullSecrets).flatMap(({ item, index }) =>
      reference('Secret', item, 'name', [...path, 'imagePullSecrets', index]),
    ),
  ];
}

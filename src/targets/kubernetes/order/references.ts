import type { KubernetesObject } from '../../../core/kubernetes-object.ts';
import { containersOf, type PodSpec, podSpecOf } from '../../../manifests/pod-specs.ts';
import { type Item, type Items, kindOf } from './item.ts';

/** What an object names in its fields, as far as it is in the plan. */
export function namedBy({ object }: { object: KubernetesObject }, items: Items): Item[] {
  const spec = podSpecOf(object);
  const own = byKind[kindOf(object)]?.(object) ?? [];
  const target = scaleTarget(object);
  return [...(spec ? podReferences(spec) : []), ...own, ...(target ? [target] : [])].flatMap(([kind, name]) =>
    items.find(kind, name),
  );
}

/** `group/Kind` and name. */
type Reference = readonly [kind: string, name: string | undefined];

/** Everything that a pod cannot start without, or that it is governed by. */
export function podReferences(spec: PodSpec): Reference[] {
  const { serviceAccountName, priorityClassName, runtimeClassName } = spec as Record<
    string,
    string | undefined
  >;
  const references: Reference[] = [
    ['/ServiceAccount', serviceAccountName],
    ['scheduling.k8s.io/PriorityClass', priorityClassName],
    ['node.k8s.io/RuntimeClass', runtimeClassName],
    ...(spec.imagePullSecrets ?? []).map(({ name }): Reference => ['/Secret', name]),
  ];
  for (const { envFrom, env } of containersOf(spec)) {
    for (const { configMapRef, secretRef } of envFrom ?? [])
      references.push(['/ConfigMap', configMapRef?.name], ['/Secret', secretRef?.name]);
    for (const { valueFrom } of env ?? [])
      references.push(
        ['/ConfigMap', valueFrom?.configMapKeyRef?.name],
        ['/Secret', valueFrom?.secretKeyRef?.name],
      );
  }
  for (const { configMap, secret, projected, ...volume } of spec.volumes ?? []) {
    const { persistentVolumeClaim } = volume as { persistentVolumeClaim?: { claimName?: string } };
    references.push(['/ConfigMap', configMap?.name], ['/Secret', secret?.secretName]);
    references.push(['/PersistentVolumeClaim', persistentVolumeClaim?.claimName]);
    for (const source of projected?.sources ?? [])
      references.push(['/ConfigMap', source.configMap?.name], ['/Secret', source.secret?.name]);
  }
  return references;
}

const byKind: Readonly<Record<string, ((object: KubernetesObject) => Reference[]) | undefined>> = {
  'apps/StatefulSet': ({ spec }) => [
    ['/Service', (spec as { serviceName?: string } | undefined)?.serviceName],
  ],
  '/PersistentVolumeClaim': ({ spec }) => {
    const { volumeName, storageClassName } = (spec ?? {}) as {
      volumeName?: string;
      storageClassName?: string;
    };
    return [
      ['/PersistentVolume', volumeName],
      ['storage.k8s.io/StorageClass', storageClassName],
    ];
  },
  'rbac.authorization.k8s.io/RoleBinding': role,
  'rbac.authorization.k8s.io/ClusterRoleBinding': role,
};

function role({ roleRef }: KubernetesObject): Reference[] {
  const { kind = '', name } = (roleRef ?? {}) as { kind?: string; name?: string };
  return [[`rbac.authorization.k8s.io/${kind}`, name]];
}

/** What an autoscaler of any make refers to. */
function scaleTarget({ spec }: KubernetesObject): Reference | undefined {
  const { scaleTargetRef, targetRef } = (spec ?? {}) as Record<
    string,
    { apiVersion?: string; kind?: string; name?: string }
  >;
  const target = scaleTargetRef ?? targetRef;
  if (typeof target?.kind !== 'string' || typeof target.name !== 'string') return undefined;
  return [kindOf({ apiVersion: target.apiVersion ?? 'apps/v1', kind: target.kind }), target.name];
}

import { apiGroup, type KubernetesObject } from '../core/kubernetes-object.ts';
import { containersOf, type PodSpec, podSpecOf } from './pod-specs.ts';

/** The name that a ConfigMap or Secret has now. */
export type Renamed = (kind: 'ConfigMap' | 'Secret', name: string) => string;

/** Renames what an object of a built-in kind refers to, in place. */
export function renameReferences(object: KubernetesObject, renamed: Renamed): void {
  const spec = podSpecOf(object);
  if (spec) renameInPods(spec, renamed);
  renameElsewhere(object as Referring, renamed);
}

interface Referring extends KubernetesObject {
  spec?: {
    tls?: { secretName?: string }[] | null;
    listeners?: { tls?: { certificateRefs?: { kind?: string; name?: string }[] | null } }[] | null;
  };
  imagePullSecrets?: { name?: string }[] | null;
  secrets?: { name?: string }[] | null;
  rules?: Rule[] | null;
}

interface Rule {
  resources?: string[] | null;
  resourceNames?: string[] | null;
}

function renameElsewhere(object: Referring, renamed: Renamed): void {
  const { spec, imagePullSecrets, secrets, rules } = object;
  switch (`${apiGroup(object)}/${object.kind}`) {
    case '/ServiceAccount':
      for (const one of [...each(imagePullSecrets), ...each(secrets)])
        if (one.name) one.name = renamed('Secret', one.name);
      return;
    case 'networking.k8s.io/Ingress':
      for (const one of each(spec?.tls))
        if (one.secretName) one.secretName = renamed('Secret', one.secretName);
      return;
    case 'gateway.networking.k8s.io/Gateway':
      for (const one of each(spec?.listeners).flatMap(({ tls }) => each(tls?.certificateRefs)))
        if (one.name && (one.kind ?? 'Secret') === 'Secret') one.name = renamed('Secret', one.name);
      return;
    case 'rbac.authorization.k8s.io/Role':
    case 'rbac.authorization.k8s.io/ClusterRole':
      for (const rule of each(rules)) renameInRule(rule, renamed);
  }
}

function renameInRule(rule: Rule, renamed: Renamed): void {
  const names = each(rule.resourceNames);
  const rename = (resource: string, kind: 'ConfigMap' | 'Secret') => {
    if (each(rule.resources).includes(resource) && names.length > 0)
      rule.resourceNames = each(rule.resourceNames).map((name) => renamed(kind, name));
  };
  rename('configmaps', 'ConfigMap');
  rename('secrets', 'Secret');
}

/** Of custom kinds nobody has looked at the shape yet. */
function each<T>(list: T[] | null | undefined): T[] {
  return Array.isArray(list) ? list : [];
}

function renameInPods(spec: PodSpec, renamed: Renamed): void {
  const rename = (kind: 'ConfigMap' | 'Secret', reference: { name?: string } | undefined) => {
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

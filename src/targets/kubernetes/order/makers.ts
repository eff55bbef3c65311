import type { KubernetesObject } from '../../../core/kubernetes-object.ts';
import { podSpecOf } from '../../../manifests/pod-specs.ts';
import { type Item, type Items, kindOf } from './item.ts';
import { levels } from './levels.ts';
import { podReferences } from './references.ts';

/**
 * The custom resources from which a controller of the cluster makes a Secret or ConfigMap that pods of the plan use: the plan has none of
 * that name, and the resource is called so or names it. Where the plan brings the definition, its controller may be among those pods.
 */
export function makersOf(items: Items): Map<Item, string[]> {
  const missing = new Set(items.all.flatMap((item) => missingNames(item, items)));
  const makers = new Map<Item, string[]>();
  if (missing.size === 0) return makers;
  for (const item of items.all) {
    const { object } = item.desired;
    if (item.level !== levels.other || !isCustom(object) || items.definitions(kindOf(object)).length > 0)
      continue;
    const made = [...new Set([object.metadata.name, ...texts(object.spec)])].filter((name) =>
      missing.has(name),
    );
    if (made.length > 0) makers.set(item, made);
  }
  return makers;
}

/** Names of Secrets and ConfigMaps that the pods of a workload use and the plan does not have. */
export function missingNames({ desired }: Item, items: Items): string[] {
  const spec = podSpecOf(desired.object);
  return (spec ? podReferences(spec) : []).flatMap(([kind, name]) =>
    name !== undefined && (kind === '/Secret' || kind === '/ConfigMap') && items.find(kind, name).length === 0
      ? [name]
      : [],
  );
}

function isCustom(object: KubernetesObject): boolean {
  const [group = ''] = kindOf(object).split('/');
  return group.includes('.') && !/^[^.]+\.k8s\.io$/.test(group) && !group.endsWith('.authorization.k8s.io');
}

function texts(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(texts) : [];
}

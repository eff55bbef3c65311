import { apiGroup, type KubernetesObject } from '../../../core/kubernetes-object.ts';
import type { PlacedObject } from '../plan/placed-objects.ts';

/** An object of a plan, with its id there. */
export interface Item {
  id: string;
  desired: PlacedObject;
  /** See `levels.ts`. */
  level: number;
}

/** The objects of a plan, by what others call them. */
export interface Items {
  all: readonly Item[];
  /** Of this kind (`group/Kind`, `/ConfigMap`) and name; in several versions of its API there may be several. */
  find(kind: string, name: string | undefined): Item[];
  /** What defines a kind (`group/Kind`). */
  definitions(kind: string): Item[];
}

export function itemsOf(all: readonly Item[]): Items {
  const byKey = new Map<string, Item[]>();
  const definitions = new Map<string, Item[]>();
  for (const item of all) {
    const { object } = item.desired;
    const key = `${kindOf(object)}/${object.metadata.name}`;
    byKey.set(key, [...(byKey.get(key) ?? []), item]);
    const defined = definedKind(object);
    if (defined) definitions.set(defined, [...(definitions.get(defined) ?? []), item]);
  }
  return {
    all,
    find: (kind, name) => (name === undefined ? [] : (byKey.get(`${kind}/${name}`) ?? [])),
    definitions: (kind) => definitions.get(kind) ?? [],
  };
}

/** `group/Kind` that a CustomResourceDefinition defines. */
export function definedKind(object: KubernetesObject): string | undefined {
  if (kindOf(object) !== 'apiextensions.k8s.io/CustomResourceDefinition') return undefined;
  const { group, names } = (object.spec ?? {}) as { group?: string; names?: { kind?: string } };
  return `${group}/${names?.kind}`;
}

/** `apps/Deployment`; `/Service` in the core group. */
export function kindOf(object: Pick<KubernetesObject, 'apiVersion' | 'kind'>): string {
  return `${apiGroup(object)}/${object.kind}`;
}

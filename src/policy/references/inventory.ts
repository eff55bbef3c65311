import type { KubernetesObject } from '../../core/kubernetes-object.ts';
import { type PodTemplate, podTemplateOf } from '../workloads.ts';

/** The objects of the input by what others call them. An object without a namespace is taken to be in the same as all such. */
export interface Inventory {
  /** Pod templates in the namespace of the object. */
  pods(beside: KubernetesObject): readonly PodTemplate[];
  /** Names of a kind there. */
  names(beside: KubernetesObject, kind: string): readonly string[];
  find(beside: KubernetesObject, kind: string, name: string): KubernetesObject | undefined;
}

export function createInventory(objects: readonly KubernetesObject[]): Inventory {
  const byNamespace = new Map<
    string,
    { pods: PodTemplate[]; kinds: Map<string, Map<string, KubernetesObject>> }
  >();
  const at = ({ metadata }: KubernetesObject) => {
    const key = metadata.namespace ?? '';
    let found = byNamespace.get(key);
    if (!found) {
      found = { pods: [], kinds: new Map() };
      byNamespace.set(key, found);
    }
    return found;
  };
  for (const object of objects) {
    const { pods, kinds } = at(object);
    const pod = podTemplateOf(object);
    if (pod) pods.push(pod);
    const named = kinds.get(object.kind) ?? new Map<string, KubernetesObject>();
    kinds.set(object.kind, named.set(object.metadata.name, object));
  }
  return {
    pods: (beside) => at(beside).pods,
    names: (beside, kind) => [...(at(beside).kinds.get(kind)?.keys() ?? [])],
    find: (beside, kind, name) => at(beside).kinds.get(kind)?.get(name),
  };
}

import type { KubernetesObject } from '../../../core/kubernetes-object.ts';

export interface Owner {
  kind: string;
  name: string;
  uid: string;
}

export function ownersOf({ metadata }: KubernetesObject): readonly Owner[] {
  return (metadata.ownerReferences as Owner[] | undefined) ?? [];
}

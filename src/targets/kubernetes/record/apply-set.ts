import { createHash } from 'node:crypto';
import type { Address } from '../address.ts';

/** The conventions by which tools of Kubernetes tell what belongs together: a parent object, and a label on its members. */
export const applySet = {
  /** Label of the parent. */
  id: 'applyset.kubernetes.io/id',
  /** Label of members: the parent's id. */
  partOf: 'applyset.kubernetes.io/part-of',
  /** Annotations of the parent. */
  tooling: 'applyset.kubernetes.io/tooling',
  groupKinds: 'applyset.kubernetes.io/contains-group-kinds',
  namespaces: 'applyset.kubernetes.io/additional-namespaces',
} as const;

/** The id that a parent must bear; a copy under another name or in another namespace is known by it. */
export function applySetId({ name, namespace = '', kind, group }: Address): string {
  const hash = createHash('sha256').update([name, namespace, kind, group].join('.')).digest('base64url');
  return `applyset-${hash}-v1`;
}

/** Where other tools look for members: sorted, each once. `home` is the parent's namespace. */
export function hintsFor(members: readonly Address[], home: string): Record<string, string> {
  const kinds = members.map(({ kind, group }) => (group ? `${kind}.${group}` : kind));
  const namespaces = members.flatMap(({ namespace }) => (namespace && namespace !== home ? [namespace] : []));
  return { [applySet.groupKinds]: sorted(kinds), [applySet.namespaces]: sorted(namespaces) };
}

function sorted(names: readonly string[]): string {
  return [...new Set(names)].sort().join(',');
}

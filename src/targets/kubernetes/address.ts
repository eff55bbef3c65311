import { apiGroup, type KubernetesObject } from '../../core/kubernetes-object.ts';

/** Which object: without the version of its API, which may move. */
export interface Address {
  group: string;
  kind: string;
  /** Absent for what is in none. */
  namespace?: string;
  name: string;
}

export function addressOf(object: KubernetesObject): Address {
  const { namespace, name } = object.metadata;
  return { group: apiGroup(object), kind: object.kind, ...(namespace ? { namespace } : {}), name };
}

export function addressKey({ group, kind, namespace = '', name }: Address): string {
  return `${group} ${kind} ${namespace} ${name}`;
}

/** An id for each: `Kind/name`, with the kind's group and the namespace where that would name two, or is taken. */
export function objectIds(addresses: readonly Address[], taken: readonly string[] = []): string[] {
  const forms = [
    ({ kind, name }: Address) => `${kind}/${name}`,
    ({ kind, group, name }: Address) => `${group ? `${kind}.${group}` : kind}/${name}`,
    ({ kind, group, namespace, name }: Address) =>
      `${group ? `${kind}.${group}` : kind}/${namespace ? `${namespace}/` : ''}${name}`,
  ];
  const ids = forms.map((form) => addresses.map(form));
  const counts = ids.map((form) => countOf([...taken, ...form]));
  return addresses.map((_, index) => {
    const unique = ids.findIndex((form, level) => counts[level]!.get(form[index]!) === 1);
    return ids[unique < 0 ? ids.length - 1 : unique]![index]!;
  });
}

function countOf(texts: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const text of texts) counts.set(text, (counts.get(text) ?? 0) + 1);
  return counts;
}

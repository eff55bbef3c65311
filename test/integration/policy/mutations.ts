import type { KubernetesObject } from '../../../src/core/kubernetes-object.ts';

type Path = (string | number)[];

/** A copy of the object with one thing changed, and what that was. */
export interface Mutant {
  object: KubernetesObject;
  change: string;
}

/** Every way to change one thing of an object: each field left out, emptied, of another type, each list with an item twice. */
export function mutantsOf(object: KubernetesObject): Mutant[] {
  return pathsOf(object, [])
    .filter((path) => !['apiVersion', 'kind', 'metadata', 'metadata.name'].includes(path.join('.')))
    .flatMap((path) => changesOf(at(object, path)).map((change) => apply(object, path, change)));
}

interface Change {
  name: string;
  /** Undefined removes the field. */
  to: (value: unknown) => unknown;
}

const always: Change[] = [
  { name: 'removed', to: () => undefined },
  { name: 'null', to: () => null },
];

function changesOf(value: unknown): Change[] {
  const set = (to: unknown): Change => ({ name: `set to ${JSON.stringify(to)}`, to: () => to });
  if (typeof value === 'string')
    return [
      ...always,
      ...['', 'Bad Name!', 'x'.repeat(70), 'a/b', '5'].map(set),
      set(5),
      set(true),
      set({}),
      set([]),
    ];
  if (typeof value === 'number') return [...always, ...[-1, 0, 70000, 1.5, '5', 'abc', true, []].map(set)];
  if (typeof value === 'boolean') return [...always, ...['true', 1, []].map(set)];
  if (Array.isArray(value)) {
    return [
      ...always,
      ...[[], {}, 'text', 5].map(set),
      { name: 'an item twice', to: () => [...(value as unknown[]), value[0]] },
      { name: 'a null item', to: () => [...(value as unknown[]), null] },
    ];
  }
  return [
    ...always,
    ...[{}, [], 'text', 5].map(set),
    { name: 'an unknown field', to: () => ({ ...(value as object), zzz: 1 }) },
    { name: 'an unknown key', to: () => ({ ...(value as object), 'Bad Key!': 'a' }) },
  ];
}

function apply(object: KubernetesObject, path: Path, { name, to }: Change): Mutant {
  const copy = structuredClone(object);
  const holder = at(copy, path.slice(0, -1)) as Record<string | number, unknown>;
  const last = path.at(-1)!;
  const next = to(at(object, path));
  if (next !== undefined) holder[last] = next;
  else if (Array.isArray(holder)) holder.splice(Number(last), 1);
  else delete holder[last];
  return { object: copy, change: `${object.kind}/${object.metadata.name} ${path.join('.')}: ${name}` };
}

function pathsOf(value: unknown, path: Path): Path[] {
  if (typeof value !== 'object' || value === null) return path.length > 0 ? [path] : [];
  const children = Object.entries(value).flatMap(([key, child]) =>
    pathsOf(child, [...path, Array.isArray(value) ? Number(key) : key]),
  );
  return path.length > 0 ? [path, ...children] : children;
}

function at(value: unknown, path: Path): unknown {
  return path.reduce<unknown>((holder, step) => (holder as Record<string | number, unknown>)[step], value);
}

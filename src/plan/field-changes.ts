import type { FieldChange } from '../core/change.ts';
import { isRecord } from '../core/is-record.ts';
import type { KubernetesObject } from '../core/kubernetes-object.ts';
import { listKey } from './list-key.ts';

/** What differs between two states of an object that a person would call a change, sorted by path. Values of Secrets are left out. */
export function fieldChanges(before: KubernetesObject, after: KubernetesObject): FieldChange[] {
  const changes: FieldChange[] = [];
  compare('', declared(before), declared(after), changes);
  const hasSecrets = after.kind === 'Secret';
  return changes
    .map((change) => (isHidden(change.path, hasSecrets) ? { path: change.path, secret: true } : change))
    .sort((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0));
}

const serverFields = new Set([
  'managedFields',
  'resourceVersion',
  'generation',
  'creationTimestamp',
  'uid',
  'selfLink',
]);

/** Without what only the server writes. */
function declared({ status: _, metadata, ...rest }: KubernetesObject): object {
  const entries = Object.entries(metadata).filter(([field]) => !serverFields.has(field));
  return { ...rest, metadata: Object.fromEntries(entries) };
}

// kubectl's own annotation repeats the whole object, its data too.
function isHidden(path: string, hasSecrets: boolean): boolean {
  return path.includes('last-applied-configuration') || (hasSecrets && /^(data|stringData)\b/.test(path));
}

function compare(path: string, before: unknown, after: unknown, changes: FieldChange[]): void {
  const both = (is: (value: unknown) => boolean) =>
    [before, after].every((value) => isAbsent(value) || is(value));
  const known = changes.length;
  if (isAbsent(before) && isAbsent(after)) return;
  if (both(isRecord)) compareMaps(path, before as Fields | undefined, after as Fields | undefined, changes);
  else if (both(Array.isArray))
    compareLists(path, before as unknown[] | null, after as unknown[] | null, changes);
  else if (before !== after) changes.push(changed(path, before, after));
  // `emptyDir: {}` and `ingress: []` mean something although nothing is in them.
  if (changes.length === known && isAbsent(before) !== isAbsent(after))
    changes.push(changed(path, before, after));
}

type Fields = Record<string, unknown> | null;

function compareMaps(
  path: string,
  before: Fields | undefined,
  after: Fields | undefined,
  changes: FieldChange[],
): void {
  for (const key of new Set([...Object.keys(before ?? {}), ...Object.keys(after ?? {})])) {
    compare(fieldPath(path, key), before?.[key], after?.[key], changes);
  }
}

function compareLists(
  path: string,
  old: unknown[] | null,
  now: unknown[] | null,
  changes: FieldChange[],
): void {
  const [before, after] = [old ?? [], now ?? []];
  const key = listKey(before, after);
  if (key !== undefined) {
    const [left, right] = [byKey(before, key), byKey(after, key)];
    for (const name of new Set([...left.keys(), ...right.keys()])) {
      compare(`${path}[${name}]`, left.get(name), right.get(name), changes);
    }
  } else if ([...before, ...after].every(isRecord)) {
    for (let index = 0; index < Math.max(before.length, after.length); index++) {
      compare(`${path}[${index}]`, before[index], after[index], changes);
    }
  } else if (JSON.stringify(before) !== JSON.stringify(after)) {
    changes.push(changed(path, old, now));
  }
}

/** The items by the field that names them, which their path then shows, so it is left out of them. */
function byKey(list: readonly unknown[], key: string): Map<unknown, unknown> {
  return new Map(
    list.map((item) => {
      const { [key]: name, ...rest } = item as Record<string, unknown>;
      return [name, rest];
    }),
  );
}

function changed(path: string, before: unknown, after: unknown): FieldChange {
  return {
    path,
    ...(isAbsent(before) ? {} : { before: text(before) }),
    ...(isAbsent(after) ? {} : { after: text(after) }),
  };
}

/** As the path of a field change has it. */
export function fieldPath(path: string, key: string): string {
  if (!/^[A-Za-z_][\w-]*$/.test(key)) return `${path}[${key}]`;
  return path ? `${path}.${key}` : key;
}

function text(value: unknown): string {
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

/** The API takes a null for a field that is not there. */
function isAbsent(value: unknown): value is null | undefined {
  return value === null || value === undefined;
}

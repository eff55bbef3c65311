import { formatDuration } from '../../../core/duration.ts';
import { ExpectedError } from '../../../core/errors.ts';
import type { KubernetesObject } from '../../../core/kubernetes-object.ts';
import type { ApiError } from '../api/api-error.ts';
import { managedFieldsOf } from '../cluster.ts';
import { readFieldPath, shownFieldPath } from './field-path.ts';

/** A field that the manifest declares and someone else set to another value. */
export interface FieldConflict {
  /** E.g. `Deployment/orders`. */
  id: string;
  field: string;
  manager: string;
  /** A person's own command, whose effect a deploy repairs; anything else may set the field again at any time. */
  byHand: boolean;
  /** The object was never applied by cloudnative, so that nobody has said that it may take it over. */
  adopting?: boolean;
  /** Milliseconds since then, where the server tells. */
  age?: number;
  /** Absent for a Secret's data. */
  values?: { live: string; desired: string };
}

/** What the server said about fields of other owners. Empty when it said something else. */
export function conflictsIn(
  error: ApiError,
  id: string,
  live: KubernetesObject,
  desired: KubernetesObject,
): FieldConflict[] {
  const own = error.causes.filter(({ reason }) => reason === 'FieldManagerConflict');
  return own.map(({ message = '', field = '' }) => {
    const [, manager = 'another manager'] = /conflict with "([^"]+)"/.exec(message) ?? [];
    const subresource = /with subresource "([^"]+)"/.exec(message)?.[1];
    const entries = managedFieldsOf(live).filter(
      (entry) => entry.manager === manager && entry.subresource === subresource,
    );
    const since = entries.map(({ time }) => Date.parse(time ?? '')).filter((time) => time > 0);
    return {
      id,
      field: shownFieldPath(field),
      manager: subresource && manager === 'kubectl' ? `kubectl ${subresource}` : manager,
      byHand: isByHand(manager) && entries.every(({ operation }) => operation !== 'Apply'),
      ...(since.length > 0 ? { age: Math.max(0, Date.now() - Math.max(...since)) } : {}),
      ...(desired.kind === 'Secret'
        ? {}
        : {
            values: {
              live: shown(readFieldPath(live, field)),
              desired: shown(readFieldPath(desired, field)),
            },
          }),
    };
  });
}

/** `kubectl edit changed spec.replicas 4m10s ago`, for the note of a change that undoes it. */
export function conflictNote(conflicts: readonly FieldConflict[]): string {
  const byManager = new Map<string, FieldConflict[]>();
  for (const conflict of conflicts)
    byManager.set(conflict.manager, [...(byManager.get(conflict.manager) ?? []), conflict]);
  return [...byManager]
    .map(
      ([manager, own]) =>
        `${manager} changed ${own.length === 1 ? own[0]!.field : `${own.length} fields`}${ago(own[0]!)}`,
    )
    .sort()
    .join(', ');
}

/** E_CONFLICT (5) for fields that a deploy must not take. */
export function conflictError(conflicts: readonly FieldConflict[]): ExpectedError {
  const [first] = conflicts;
  const one = conflicts.length === 1;
  const value = (conflict: FieldConflict) => (conflict.values ? ` = ${conflict.values.live}` : '');
  const wanted = (conflict: FieldConflict) =>
    conflict.values ? `; the manifest says ${conflict.values.desired}` : '';
  const set = (conflict: FieldConflict) => `${conflict.manager} set it${ago(conflict)}${wanted(conflict)}`;
  return new ExpectedError({
    code: 'E_CONFLICT',
    exit: 'conflict',
    message: one
      ? '1 field is owned by another manager'
      : `${conflicts.length} fields are owned by other managers`,
    where: one
      ? `${first!.id} ${first!.field}${value(first!)}`
      : [...new Set(conflicts.map(({ id }) => id))].join(', '),
    why: one
      ? set(first!)
      : conflicts.map((conflict) => `${conflict.id} ${conflict.field}${value(conflict)}: ${set(conflict)}`),
    hints: hints(conflicts),
  });
}

function hints(conflicts: readonly FieldConflict[]): string[] {
  const ids = [...new Set(conflicts.map(({ id }) => id))].sort();
  const take = `take what others set: ${ids.map((id) => `--force-conflicts ${id}`).join(' ')}`;
  const adopted = [...new Set(conflicts.filter(({ adopting }) => adopting).map(({ id }) => id))];
  if (adopted.length > 0) {
    return [
      `${adopted.join(', ')} ${adopted.length === 1 ? 'was' : 'were'} there before, and not by cloudnative:`,
      'give the manifest the live values, or remove the fields from it to leave them as they are',
      `or ${take}`,
    ];
  }
  if (conflicts.length > 1)
    return ['remove the fields from the manifest to leave them to others', `or ${take}`];
  const [{ field }] = conflicts as [FieldConflict];
  return [`remove ${field.split('.').at(-1)} from the manifest to leave it to others`, `or ${take}`];
}

function isByHand(manager: string): boolean {
  return /^kubectl(-|$)/.test(manager);
}

function ago({ age }: FieldConflict): string {
  return age === undefined ? '' : ` ${formatDuration(age)} ago`;
}

function shown(value: unknown): string {
  return value === undefined ? 'nothing' : typeof value === 'object' ? JSON.stringify(value) : String(value);
}

import type { FieldChange } from '../core/change.ts';

/** A line for each field in which two plans for one resource differ. Values of secrets are in neither. */
export function fieldsMoved(was: readonly FieldChange[], is: readonly FieldChange[]): string[] {
  const [before, after] = [byPath(was), byPath(is)];
  const paths = [...new Set([...before.keys(), ...after.keys()])].sort();
  return paths.flatMap((path) => fieldMoved(path, before.get(path), after.get(path)));
}

function fieldMoved(path: string, was: FieldChange | undefined, is: FieldChange | undefined): string[] {
  if (!was) return [`${path} would change too${is!.secret ? '' : `, from ${shown(is!.before)}`}`];
  if (!is) return [`${path} would change no more`];
  if (was.secret || is.secret)
    return Boolean(was.secret) === Boolean(is.secret) ? [] : [`${path} is of another kind now`];
  return [
    ...(was.before === is.before ? [] : [`${path} is ${shown(is.before)} now, not ${shown(was.before)}`]),
    ...(was.after === is.after ? [] : [`${path} would become ${shown(is.after)}, not ${shown(was.after)}`]),
  ];
}

/** A path comes once: lists whose items have no names are one field, or have numbers. */
function byPath(fields: readonly FieldChange[]): Map<string, FieldChange> {
  return new Map(fields.map((field) => [field.path, field]));
}

const longest = 60;

function shown(value: string | undefined): string {
  if (value === undefined) return 'nothing';
  const line = value.split('\n', 1)[0]!;
  return line === value && line.length <= longest ? line : `${line.slice(0, longest)}…`;
}

/** A tree of `managedFields`: `f:` is a field, `k:` an item of a list by its keys, `v:` one by its value, `.` the thing itself. */
export interface FieldSet {
  readonly [step: string]: FieldSet;
}

export type Fields = Record<string, unknown>;

/** The steps below, without the thing itself. */
export function stepsOf(set: FieldSet): [string, FieldSet][] {
  return Object.entries(set).filter(([step]) => step !== '.');
}

/** All that is in any of them. */
export function union(sets: readonly FieldSet[]): FieldSet {
  const result: Record<string, FieldSet> = {};
  for (const set of sets) {
    for (const [step, below] of Object.entries(set)) {
      const known = result[step];
      result[step] = known ? union([known, below]) : below;
    }
  }
  return result;
}

/** Whether both name the same fields. */
export function sameFieldSet(one: FieldSet, other: FieldSet): boolean {
  const steps = Object.keys(one);
  return (
    steps.length === Object.keys(other).length &&
    steps.every((step) => step in other && sameFieldSet(one[step]!, other[step]!))
  );
}

/** Whether a list item is the one that a `k:` or `v:` step names. What a manifest leaves out of a port is TCP. */
export function isNamedBy(step: string, item: unknown): boolean {
  const named = nameIn(step);
  if (step.startsWith('v:')) return item === named;
  if (!isFields(item)) return false;
  return Object.entries(named as Fields).every(
    ([key, value]) =>
      item[key] === value || (key === 'protocol' && value === 'TCP' && item[key] === undefined),
  );
}

const names = new Map<string, unknown>();

/** The same few steps are in every object. */
function nameIn(step: string): unknown {
  const known = names.get(step);
  if (known !== undefined) return known;
  const name: unknown = JSON.parse(step.slice(2));
  names.set(step, name);
  return name;
}

export function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** What is in the first and not in the other; things are left out with all that is below them. */
export function subtract(set: FieldSet, less: FieldSet): FieldSet {
  const result: Record<string, FieldSet> = {};
  for (const [step, below] of Object.entries(set)) {
    const taken = less[step];
    if (taken === undefined) {
      result[step] = below;
      continue;
    }
    const left = subtract(below, taken);
    if (stepsOf(left).length > 0) result[step] = left;
  }
  return result;
}

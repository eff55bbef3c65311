import { type FieldSet, type Fields, isFields, isNamedBy, stepsOf } from './field-set.ts';

/** Without those of the `claimed` fields that neither the manifest has nor `others` own, as the server removes them. */
export function withoutOrphans(
  live: unknown,
  claimed: FieldSet,
  desired: unknown,
  others: FieldSet,
): unknown {
  if (isFields(live)) {
    const kept: Fields = { ...live };
    for (const [step, below] of stepsOf(claimed)) {
      const name = step.slice(2);
      const wanted = isFields(desired) ? desired[name] : undefined;
      const left = remainder(live[name], below, wanted, others[step]);
      if (left === undefined) delete kept[name];
      else kept[name] = left;
    }
    return kept;
  }
  if (!Array.isArray(live)) return live;
  return live.flatMap((item) => {
    const own = stepsOf(claimed).find(([step]) => isNamedBy(step, item));
    if (!own) return [item];
    const wanted = Array.isArray(desired) ? desired.find((one) => isNamedBy(own[0], one)) : undefined;
    const left = remainder(item, own[1], wanted, others[own[0]]);
    return left === undefined ? [] : [left];
  });
}

/** Undefined for what goes with all that the server completed it by. */
function remainder(
  live: unknown,
  claimed: FieldSet,
  desired: unknown,
  others: FieldSet | undefined,
): unknown {
  if (live === undefined || (desired === undefined && others === undefined)) return undefined;
  if (stepsOf(claimed).length === 0) return live;
  const left = withoutOrphans(live, claimed, desired, others ?? {});
  return isEmpty(left) && desired === undefined ? undefined : left;
}

function isEmpty(value: unknown): boolean {
  return typeof value === 'object' && value !== null && Object.keys(value).length === 0;
}

/**
 * The manifest's values over those that are there. Which lists have items with keys, and which values are replaced as a whole, `shape`
 * tells: the fields that anyone owns.
 */
export function overlaid(live: unknown, desired: unknown, shape: FieldSet): unknown {
  const steps = stepsOf(shape);
  if (steps.length === 0 && live !== undefined) return desired;
  if (isFields(live) && isFields(desired)) {
    const result: Fields = { ...live };
    for (const [name, value] of Object.entries(desired))
      result[name] = overlaid(live[name], value, shape[`f:${name}`] ?? {});
    return result;
  }
  if (!Array.isArray(live) || !Array.isArray(desired)) return desired;
  const [first] = steps.map(([step]) => step);
  const isSame = (one: unknown, other: unknown) => isSameItem(first!, one, other);
  const wanted = desired.map((item) => {
    const below = steps.find(([step]) => isNamedBy(step, item))?.[1] ?? {};
    return overlaid(
      live.find((one) => isSame(one, item)),
      item,
      below,
    );
  });
  return [...wanted, ...live.filter((item) => !desired.some((one) => isSame(one, item)))];
}

/** Whether two items have the same keys, those that the step names. */
function isSameItem(step: string, one: unknown, other: unknown): boolean {
  if (step.startsWith('v:') || !isFields(one) || !isFields(other)) return one === other;
  const keyOf = (item: Fields, key: string) => item[key] ?? (key === 'protocol' ? 'TCP' : undefined);
  return Object.keys(JSON.parse(step.slice(2))).every((key) => keyOf(one, key) === keyOf(other, key));
}

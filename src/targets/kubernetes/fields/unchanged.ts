import { isDeepStrictEqual } from 'node:util';
import type { KubernetesObject } from '../../../core/kubernetes-object.ts';
import { ownEntry } from '../cluster.ts';
import { clientApplied } from './claims.ts';
import { type FieldSet, type Fields, isFields, isNamedBy, stepsOf } from './field-set.ts';

/**
 * Whether the server would surely find nothing to do in applying `desired`: its values are there, and what we own is exactly its
 * fields. False only means that the server has to be asked: values that it writes in another form, nulls, parts that it completes.
 */
export function isSurelyUnchanged(desired: KubernetesObject, live: KubernetesObject): boolean {
  const entry = ownEntry(live);
  if (entry?.apiVersion !== desired.apiVersion || clientApplied(live).length > 0) return false;
  const { apiVersion: _, kind: __, metadata, ...rest } = desired;
  const { name: ___, namespace: ____, ...described } = metadata;
  const fields = Object.keys(described).length > 0 ? { ...rest, metadata: described } : rest;
  return areFieldsThere(fields, live, entry.fieldsV1 ?? {});
}

function areFieldsThere(desired: Fields, live: Fields, owned: FieldSet): boolean {
  const names = Object.keys(desired);
  return (
    stepsOf(owned).length === names.length &&
    names.every((name) => {
      const below = owned[`f:${name}`];
      return below !== undefined && isThere(desired[name], live[name], below);
    })
  );
}

function isThere(desired: unknown, live: unknown, owned: FieldSet): boolean {
  // A value without parts of its own, or one that is owned as a whole: what it lacks, the server would take away or add.
  if (stepsOf(owned).length === 0) return isDeepStrictEqual(desired, live);
  if (Array.isArray(desired)) return Array.isArray(live) && areItemsThere(desired, live, owned);
  return isFields(desired) && isFields(live) && areFieldsThere(desired, live, owned);
}

/** Each once, and in the order that is desired: a list is put in the order of who applies it. */
function areItemsThere(desired: readonly unknown[], live: readonly unknown[], owned: FieldSet): boolean {
  const steps = stepsOf(owned);
  if (steps.length !== desired.length) return false;
  let last = -1;
  return desired.every((item) => {
    const own = steps.filter(([step]) => isNamedBy(step, item));
    if (own.length !== 1) return false;
    const [step, below] = own[0]!;
    const found = live.flatMap((one, index) => (isNamedBy(step, one) ? [index] : []));
    if (found.length !== 1 || found[0]! <= last) return false;
    last = found[0]!;
    if (step.startsWith('v:')) return true;
    const other = live[last];
    return isFields(item) && isFields(other) && areFieldsThere(item, other, below);
  });
}

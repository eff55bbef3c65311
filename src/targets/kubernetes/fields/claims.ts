import type { KubernetesObject } from '../../../core/kubernetes-object.ts';
import { fieldManager, lastApplied } from '../../../core/labels.ts';
import { type ManagedFields, managedFieldsOf, ownEntry } from '../cluster.ts';
import { type FieldSet, isFields, isNamedBy, stepsOf, subtract, union } from './field-set.ts';

/** What `kubectl apply` without `--server-side` set: it says so by its name, or by the annotation that it keeps. */
export function clientApplied(object: KubernetesObject): ManagedFields[] {
  return managedFieldsOf(object).filter(
    ({ manager, operation, subresource, fieldsV1 }) =>
      operation === 'Update' &&
      !subresource &&
      (manager === 'kubectl-client-side-apply' ||
        fieldsV1?.['f:metadata']?.['f:annotations']?.[`f:${lastApplied}`] !== undefined),
  );
}

/** What people did to an object by commands of kubectl, other than `kubectl apply`. */
export function handEdits(object: KubernetesObject): ManagedFields[] {
  const applied = clientApplied(object);
  return managedFieldsOf(object).filter(
    (entry) =>
      entry.operation === 'Update' &&
      !entry.subresource &&
      /^kubectl(-|$)/.test(entry.manager ?? '') &&
      !applied.includes(entry),
  );
}

/**
 * The fields that become ours, in the manifest's version, before it is applied, so that those it does not have go: all that
 * `kubectl apply` set, as the manifest takes its place; what a person added under a name that the manifest gives to another item of the
 * list; and what we applied in another version of the kind, which the server may be unable to compare with this one.
 */
export function claimsOn(live: KubernetesObject, desired: KubernetesObject): FieldSet | undefined {
  const own = ownEntry(live);
  const claims = union([
    own && own.apiVersion !== desired.apiVersion ? (own.fieldsV1 ?? {}) : {},
    ...clientApplied(live).map(({ fieldsV1 = {} }) => fieldsV1),
    ...handEdits(live).map(({ fieldsV1 = {} }) => usurpers(fieldsV1, live, desired)),
  ]);
  return stepsOf(claims).length > 0 ? claims : undefined;
}

/** The object's `managedFields` with the claimed ones as ours. */
export function afterClaim(
  live: KubernetesObject,
  claims: FieldSet,
  { apiVersion }: Pick<KubernetesObject, 'apiVersion'>,
): ManagedFields[] {
  const own = ownEntry(live);
  const applied = clientApplied(live);
  const edits = handEdits(live);
  const claimant = own ?? { ...(applied.at(-1) ?? edits.at(-1))!, manager: fieldManager, operation: 'Apply' };
  const others = managedFieldsOf(live).flatMap((entry) => {
    if (entry === own || applied.includes(entry)) return [];
    if (!edits.includes(entry)) return [entry];
    const left = subtract(entry.fieldsV1 ?? {}, claims);
    return stepsOf(left).length > 0 ? [{ ...entry, fieldsV1: left }] : [];
  });
  return [{ ...claimant, apiVersion, fieldsV1: union([own?.fieldsV1 ?? {}, claims]) }, ...others];
}

/** Items of someone's lists that the manifest does not have, but with the `name` of one that it has. */
function usurpers(set: FieldSet, live: unknown, desired: unknown): FieldSet {
  const found: Record<string, FieldSet> = {};
  for (const [step, below] of stepsOf(set)) {
    if (step.startsWith('f:') && isFields(live) && isFields(desired)) {
      const name = step.slice(2);
      const inside = usurpers(below, live[name], desired[name]);
      if (stepsOf(inside).length > 0) found[step] = inside;
    } else if (step.startsWith('k:') && Array.isArray(live) && Array.isArray(desired)) {
      const one = live.find((item) => isNamedBy(step, item));
      const same = desired.find((item) => isNamedBy(step, item));
      const inside = same === undefined ? {} : usurpers(below, one, same);
      if (same === undefined && hasNameOf(one, desired)) found[step] = below;
      else if (stepsOf(inside).length > 0) found[step] = inside;
    }
  }
  return found;
}

function hasNameOf(one: unknown, items: readonly unknown[]): boolean {
  const name = isFields(one) ? one.name : undefined;
  return name !== undefined && items.some((item) => isFields(item) && item.name === name);
}

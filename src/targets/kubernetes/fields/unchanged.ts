import { apiGroup, type KubernetesObject } from '../../../core/kubernetes-object.ts';
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
  return areFieldsThere(fields, live, {
    owned: entry.fieldsV1 ?? {},
    kind: `${apiGroup(desired)}/${desired.kind}`,
  });
}

interface Known {
  owned: FieldSet;
  /** E.g. `apps/Deployment`. */
  kind: string;
}

function areFieldsThere(desired: Fields, live: Fields, { owned, kind }: Known): boolean {
  let missing = 0;
  for (const step in owned) if (step !== '.') missing++;
  for (const name in desired) {
    const below = owned[`f:${name}`];
    if (below === undefined || !isThere(desired[name], live[name], { owned: below, kind })) return false;
    missing--;
  }
  return missing === 0;
}

function isThere(desired: unknown, live: unknown, known: Known): boolean {
  if (typeof desired !== 'object' || desired === null) return desired === live && desired !== null;
  // Owned as a whole, or empty: what it lacks, the server would take away or add.
  if (stepsOf(known.owned).length === 0) return isSameWhole(desired, live, completions[known.kind] ?? []);
  if (Array.isArray(desired)) return Array.isArray(live) && areItemsThere(desired, live, known);
  return isFields(live) && areFieldsThere(desired as Fields, live, known);
}

/** What the server completes the values by that it owns as a whole, where it always does. */
const completions: Readonly<Record<string, readonly string[]>> = {
  'networking.k8s.io/NetworkPolicy': ['protocol: TCP'],
  // In `fieldRef`.
  'apps/Deployment': ['apiVersion: v1'],
  'apps/StatefulSet': ['apiVersion: v1'],
  'apps/DaemonSet': ['apiVersion: v1'],
  'batch/Job': ['apiVersion: v1'],
};

function isSameWhole(desired: unknown, live: unknown, completed: readonly string[]): boolean {
  if (Array.isArray(desired)) {
    const same = (item: unknown, index: number) => isSameWhole(item, (live as unknown[])[index], completed);
    return Array.isArray(live) && live.length === desired.length && desired.every(same);
  }
  if (!isFields(desired) || !isFields(live)) return desired === live;
  return Object.keys({ ...desired, ...live }).every((name) =>
    name in desired
      ? isSameWhole(desired[name], live[name], completed)
      : completed.includes(`${name}: ${live[name]}`),
  );
}

/** Each once, and in the order that is desired: a list is put in the order of who applies it. */
function areItemsThere(
  desired: readonly unknown[],
  live: readonly unknown[],
  { owned, kind }: Known,
): boolean {
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
    return isFields(item) && isFields(other) && areFieldsThere(item, other, { owned: below, kind });
  });
}

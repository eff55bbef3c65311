import type { FieldChange } from '../../../core/change.ts';
import type { KubernetesObject } from '../../../core/kubernetes-object.ts';
import { fieldChanges } from '../../../plan/field-changes.ts';
import { ApiError } from '../api/api-error.ts';
import { applyObject, type Cluster, getObject, managedFieldsOf, ownEntry, ownFields } from '../cluster.ts';
import { claimsOn, clientApplied, handEdits } from '../fields/claims.ts';
import { type FieldSet, subtract, union } from '../fields/field-set.ts';
import { overlaid, withoutOrphans } from '../fields/reshape.ts';
import { type Allowed, isAllowed } from './allowed.ts';
import { refusedBesideOthers } from './beside-others.ts';
import { conflictsIn, type FieldConflict } from './conflicts.ts';
import { withoutGenerated } from './declared-changes.ts';
import type { PlacedObject } from './placed-objects.ts';
import { isImmutable, isReplaceable, type Refusal, refusal } from './refusals.ts';
import { aloneAt } from './stand-in.ts';

/** An object as applying it would leave it, and what that takes beyond the object's own fields. */
export interface Preview {
  after: KubernetesObject;
  /** What others set and would lose. */
  undone: readonly FieldConflict[];
  takesOver: boolean;
  replaces: boolean;
}

interface Wanted extends PlacedObject {
  id: string;
  live?: KubernetesObject;
}

const attempts = 5;

/**
 * Asks the server what it would make of the object. What people changed by hand on an object of ours is taken back, what `kubectl apply`
 * set is taken over; anything else of others only where that is allowed.
 */
export async function preview(
  wanted: Wanted,
  cluster: Cluster,
  allowed: Allowed,
): Promise<Preview | { refused: Refusal }> {
  const { id, live, path, object } = wanted;
  const claims = live && claimsOn(live, object);
  const found = { undone: [] as FieldConflict[], takesOver: claims !== undefined, replaces: false };
  let error: ApiError;
  try {
    const after = await applyObject(cluster, path, object, { dryRun: true });
    return { ...found, after: await tookOver(after, wanted, claims, cluster) };
  } catch (thrown) {
    error = apiError(thrown);
  }
  const conflicts = live ? conflictsIn(error, id, live, object) : [];
  if (conflicts.length > 0) {
    found.undone = withoutClaimed(conflicts, live!);
    const ours = ownFields(live!) !== undefined;
    const may = isAllowed(allowed.forceConflicts, id) || found.undone.every(({ byHand }) => byHand && ours);
    if (!may) return { refused: refusal(error, { ...wanted, conflicts: found.undone }) };
    try {
      const after = await applyObject(cluster, path, object, { dryRun: true, force: true });
      return { ...found, after: await tookOver(after, wanted, claims, cluster) };
    } catch (thrown) {
      error = apiError(thrown);
    }
  }
  if (live && isImmutable(error) && isReplaceable(object) && isAllowed(allowed.replace, id))
    return replacement(wanted, live, cluster);
  if (live && claims) {
    // What is refused may be what goes: a port under the name that another one has.
    const shape = union(managedFieldsOf(live).map(({ fieldsV1 = {} }) => fieldsV1));
    const left = withoutOrphans(live, claims, object, othersOf(live, claims));
    try {
      const after = await rewritten(overlaid(left, object, shape) as KubernetesObject, path, cluster);
      return { ...found, after };
    } catch (thrown) {
      error = apiError(thrown);
    }
  }
  const refused = refusal(error, { ...wanted, conflicts: [] });
  const beside =
    live && 'problems' in refused
      ? await refusedBesideOthers(wanted, live, refused.words, cluster)
      : undefined;
  return { refused: beside ? { conflict: beside } : refused };
}

/** What applying the object to this state of it would change; refusals are thrown. */
export async function fieldsToChange(
  { path, object, force }: { path: string; object: KubernetesObject; force: boolean },
  live: KubernetesObject,
  cluster: Pick<Cluster, 'api'>,
): Promise<FieldChange[]> {
  const after = await applyObject(cluster, path, object, { dryRun: true, force });
  return fieldChanges(live, await tookOver(after, { path, object }, claimsOn(live, object), cluster));
}

/** What `kubectl apply` set is no conflict: the manifest takes its place. */
function withoutClaimed(conflicts: readonly FieldConflict[], live: KubernetesObject): FieldConflict[] {
  const taken = clientApplied(live).map(({ manager }) => manager);
  return conflicts.filter(({ manager }) => !taken.includes(manager));
}

/** The object without the claimed fields that the manifest does not have, as the server would complete it. */
async function tookOver(
  after: KubernetesObject,
  { path, object }: Pick<Wanted, 'path' | 'object'>,
  claims: FieldSet | undefined,
  cluster: Pick<Cluster, 'api'>,
): Promise<KubernetesObject> {
  if (!claims) return after;
  const left = withoutOrphans(after, claims, object, othersOf(after, claims)) as KubernetesObject;
  return JSON.stringify(left) === JSON.stringify(after) ? after : rewritten(left, path, cluster);
}

/** What managers own beside us and those whose fields are claimed; they keep it. */
function othersOf(live: KubernetesObject, claims: FieldSet): FieldSet {
  const own = ownEntry(live);
  const applied = clientApplied(live);
  const edits = handEdits(live);
  return union(
    managedFieldsOf(live)
      .filter((entry) => entry !== own && !applied.includes(entry))
      .map((entry) =>
        edits.includes(entry) ? subtract(entry.fieldsV1 ?? {}, claims) : (entry.fieldsV1 ?? {}),
      ),
  );
}

/** The object as the server would have it if it were replaced by this one. Nothing is written. */
async function rewritten(
  object: KubernetesObject,
  path: string,
  cluster: Pick<Cluster, 'api'>,
): Promise<KubernetesObject> {
  const { managedFields: _, ...metadata } = object.metadata;
  for (let attempt = 1; ; attempt++) {
    const body = { ...object, metadata };
    try {
      const request = { method: 'PUT', path, query: { dryRun: 'All' }, body } as const;
      return (await cluster.api.request<KubernetesObject>(request)).value;
    } catch (error) {
      // Controllers write the status of what has just been applied, which makes another version of it.
      const moved = error instanceof ApiError && error.status === 409 && error.causes.length === 0;
      const live = moved && attempt < attempts ? await getObject(cluster, path) : undefined;
      if (!live) throw error;
      metadata.resourceVersion = live.metadata.resourceVersion;
    }
  }
}

/** What the object would be if it were made anew. */
async function replacement(
  wanted: Wanted,
  live: KubernetesObject,
  cluster: Cluster,
): Promise<Preview | { refused: Refusal }> {
  const { id, path, object } = wanted;
  try {
    const { metadata, ...rest } = await aloneAt(path, object, cluster);
    const made = { ...rest, metadata: { ...metadata, name: object.metadata.name } } as KubernetesObject;
    const after = withoutGenerated(made, live, object);
    return { after, undone: [], takesOver: false, replaces: true };
  } catch (thrown) {
    return { refused: refusal(apiError(thrown), { ...wanted, id, conflicts: [] }) };
  }
}

function apiError(thrown: unknown): ApiError {
  if (thrown instanceof ApiError) return thrown;
  throw thrown;
}

import type { Change, FieldChange } from '../../../core/change.ts';
import { ExpectedError } from '../../../core/errors.ts';
import type { KubernetesObject } from '../../../core/kubernetes-object.ts';
import { labels } from '../../../core/labels.ts';
import { pendingImage } from '../../../manifests/image.ts';
import { containersOf, podSpecOf } from '../../../manifests/pod-specs.ts';
import { fieldChanges } from '../../../plan/field-changes.ts';
import { ApiError } from '../api/api-error.ts';
import { applyObject, type Cluster, getObject, ownFields } from '../cluster.ts';
import type { ApplyStep } from '../step.ts';
import { refusedBesideOthers } from './beside-others.ts';
import { conflictNote, conflictsIn, type FieldConflict } from './conflicts.ts';
import type { PlacedObject } from './placed-objects.ts';
import { type Refusal, refusal } from './refusals.ts';
import { keepReplicas } from './replicas.ts';

/** A change still without its order, or why there can be none. */
export type Planned = { change: Omit<Change, 'after'> } | { refused: Refusal };

/** What applying one object, with the others that are `planned`, would change, as the server answers to a dry run. Reads only. */
export async function planObject(
  desired: PlacedObject,
  id: string,
  planned: readonly KubernetesObject[],
  cluster: Cluster,
): Promise<Planned> {
  const live = await getObject(cluster, desired.path);
  if (live) {
    const foreign = foreignOwner(live, cluster, id);
    if (foreign) return { refused: { conflict: foreign } };
  }
  const { object, kept } = await keepReplicas(desired.object, live, planned, cluster);
  const found = await preview({ ...desired, object, id, live }, cluster);
  if ('refused' in found) {
    const { refused } = found;
    const beside =
      live && 'problems' in refused
        ? await refusedBesideOthers({ id, path: desired.path, object }, live, refused.words, cluster)
        : undefined;
    return beside ? { refused: { conflict: beside } } : found;
  }
  const { after, undone } = found;
  const step = applyStepFor(desired, object, { force: undone.length > 0, keepsReplicas: kept });
  const known = { id, service: desired.service, desired: step };
  if (!live)
    return { change: { ...known, action: 'create', fields: pendingImages(object, desired.service) } };
  const fields = fieldChanges(live, after).map((field) => withoutPlaceholder(field, desired.service));
  const note = undone.length > 0 ? conflictNote(undone) : undefined;
  if (fields.length > 0) return { change: { ...known, action: 'update', fields, note } };
  // Equal values, but some are not ours to remove later: a person set them to the same.
  const owned = JSON.stringify(ownFields(live)) === JSON.stringify(ownFields(after));
  return {
    change: owned
      ? { ...known, action: 'none', fields }
      : { ...known, action: 'update', fields, note: 'its fields become ours' },
  };
}

/** The change that creates an object where nothing can be looked at yet: its namespace or kind is still to come. */
export function plannedCreation(desired: PlacedObject, id: string): Omit<Change, 'after'> {
  const { object, service } = desired;
  const step = applyStepFor(desired, object, { force: false, keepsReplicas: false });
  return { id, action: 'create', fields: pendingImages(object, service), service, desired: step };
}

function applyStepFor(
  desired: PlacedObject,
  object: KubernetesObject,
  how: Pick<ApplyStep, 'force' | 'keepsReplicas'>,
): ApplyStep {
  return { do: 'apply', path: desired.path, object, at: `${desired.file}:${desired.line}`, ...how };
}

/** The object as it would be. What people changed by hand on an object of ours is taken back; nothing else of others is. */
async function preview(
  desired: PlacedObject & { id: string; live?: KubernetesObject },
  cluster: Cluster,
): Promise<{ after: KubernetesObject; undone: FieldConflict[] } | { refused: Refusal }> {
  const { id, live, path, object } = desired;
  let undone: FieldConflict[] = [];
  try {
    return { after: await applyObject(cluster, path, object, { dryRun: true }), undone };
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    if (live) undone = conflictsIn(error, id, live, object);
    const repairable =
      undone.length > 0 && undone.every(({ byHand }) => byHand) && ownFields(live!) !== undefined;
    if (!repairable) return { refused: refusal(error, { ...desired, conflicts: undone }) };
  }
  try {
    return { after: await applyObject(cluster, path, object, { dryRun: true, force: true }), undone };
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    return { refused: refusal(error, { ...desired, conflicts: [] }) };
  }
}

/** Why an object that is there is none of this app's to change. */
export function foreignOwner(
  live: KubernetesObject,
  { scope, namespace }: Pick<Cluster, 'scope' | 'namespace'>,
  id: string,
): ExpectedError | undefined {
  const { labels: own = {}, deletionTimestamp } = live.metadata;
  if (deletionTimestamp) {
    return new ExpectedError({
      code: 'E_TERMINATING',
      exit: 'conflict',
      message: `${id} is still being removed`,
      where: id,
      why: `asked for at ${deletionTimestamp}, held by ${(live.metadata.finalizers as string[] | undefined)?.join(', ') || 'its pods'}`,
      hints: ['wait until it is gone, then repeat the command'],
    });
  }
  const owner = {
    app: own[labels.app] ?? scope.app,
    environment: own[labels.environment] ?? scope.environment,
    namespace: own[labels.namespace] ?? namespace,
  };
  const isOurs =
    owner.app === scope.app && owner.environment === scope.environment && owner.namespace === namespace;
  if (isOurs) return undefined;
  const elsewhere = owner.namespace === namespace ? '' : `, namespace ${owner.namespace}`;
  return new ExpectedError({
    code: 'E_CONFLICT',
    exit: 'conflict',
    message: `${id} belongs to ${owner.app} in ${owner.environment}${elsewhere}`,
    where: id,
    why: `its labels say so; this is ${scope.app} in ${scope.environment}, namespace ${namespace}`,
    hints: ['give the environment a namespace of its own, or the object another name'],
  });
}

const willBeBuilt = 'will be built';

function pendingImages(object: KubernetesObject, service: string): FieldChange[] {
  const spec = podSpecOf(object);
  const pending = spec ? containersOf(spec).filter(({ image }) => image === pendingImage(service)) : [];
  return pending.map(({ name }) => ({ path: `containers[${name}].image`, after: willBeBuilt }));
}

function withoutPlaceholder(field: FieldChange, service: string): FieldChange {
  return field.after === pendingImage(service) ? { ...field, after: willBeBuilt } : field;
}

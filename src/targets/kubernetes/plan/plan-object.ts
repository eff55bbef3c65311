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
import { conflictNote, conflictsIn, type FieldConflict } from './conflicts.ts';
import type { PlacedObject } from './placed-objects.ts';
import { type Refusal, refusal } from './refusals.ts';
import { keepReplicas } from './replicas.ts';

/** A change still without its order, or why there can be none. */
export type Planned = { change: Omit<Change, 'after'> } | { refused: Refusal };

/** What applying one object would change, as the server answers to a dry run. Reads only. */
export async function planObject(desired: PlacedObject, id: string, cluster: Cluster): Promise<Planned> {
  const live = await getObject(cluster, desired.path);
  if (live) {
    const foreign = foreignOwner(live, cluster, id);
    if (foreign) return { refused: { conflict: foreign } };
  }
  const { object, kept } = await keepReplicas(desired.object, live, cluster);
  const step: ApplyStep = { do: 'apply', path: desired.path, object, force: false, keepsReplicas: kept };
  let undone: FieldConflict[] = [];
  let preview: KubernetesObject;
  try {
    preview = await applyObject(cluster, desired.path, object, { dryRun: true });
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    undone = live ? conflictsIn(error, id, live, object) : [];
    const repairable =
      undone.length > 0 && ownFields(live!) !== undefined && undone.every(({ byHand }) => byHand);
    if (!repairable) return { refused: refusal(error, { ...desired, id, live, conflicts: undone }) };
    try {
      preview = await applyObject(cluster, desired.path, object, { dryRun: true, force: true });
    } catch (forced) {
      if (!(forced instanceof ApiError)) throw forced;
      return { refused: refusal(forced, { ...desired, id, live, conflicts: [] }) };
    }
    step.force = true;
  }
  const known = { id, service: desired.service, desired: step };
  if (!live)
    return { change: { ...known, action: 'create', fields: pendingImages(object, desired.service) } };
  const fields = fieldChanges(live, preview).map((field) => withoutPlaceholder(field, desired.service));
  const note = undone.length > 0 ? conflictNote(undone) : undefined;
  if (fields.length > 0) return { change: { ...known, action: 'update', fields, note } };
  // Equal values, but some are not ours to remove later: a person set them to the same.
  const owned = JSON.stringify(ownFields(live)) === JSON.stringify(ownFields(preview));
  return {
    change: owned
      ? { ...known, action: 'none', fields }
      : { ...known, action: 'update', fields, note: 'its fields become ours' },
  };
}

/** The change that creates an object where nothing can be looked at yet: its namespace or kind is still to come. */
export function plannedCreation(desired: PlacedObject, id: string): Omit<Change, 'after'> {
  const { object, path, service } = desired;
  const step: ApplyStep = { do: 'apply', path, object, force: false, keepsReplicas: false };
  return { id, action: 'create', fields: pendingImages(object, service), service, desired: step };
}

function foreignOwner(
  live: KubernetesObject,
  { scope }: Pick<Cluster, 'scope'>,
  id: string,
): ExpectedError | undefined {
  const { labels: own = {}, deletionTimestamp } = live.metadata;
  const app = own[labels.app];
  const environment = own[labels.environment];
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
  if ((app ?? scope.app) === scope.app && (environment ?? scope.environment) === scope.environment)
    return undefined;
  return new ExpectedError({
    code: 'E_CONFLICT',
    exit: 'conflict',
    message: `${id} belongs to ${app ?? 'this app'} in ${environment ?? 'another environment'}`,
    where: id,
    why: `its labels say so; this is ${scope.app} in ${scope.environment}`,
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

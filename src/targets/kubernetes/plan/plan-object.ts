import type { Change, FieldChange } from '../../../core/change.ts';
import { ExpectedError } from '../../../core/errors.ts';
import type { KubernetesObject } from '../../../core/kubernetes-object.ts';
import { labels } from '../../../core/labels.ts';
import { pendingImage } from '../../../manifests/image.ts';
import { containersOf, podSpecOf } from '../../../manifests/pod-specs.ts';
import { fieldChanges } from '../../../plan/field-changes.ts';
import { type Cluster, ownEntry } from '../cluster.ts';
import { clientApplied } from '../fields/claims.ts';
import { sameFieldSet } from '../fields/field-set.ts';
import { isSurelyUnchanged } from '../fields/unchanged.ts';
import type { ApplyStep } from '../step.ts';
import type { Allowed } from './allowed.ts';
import { conflictNote } from './conflicts.ts';
import type { PlacedObject } from './placed-objects.ts';
import { type Preview, preview } from './preview.ts';
import type { Refusal } from './refusals.ts';
import { keepReplicas } from './replicas.ts';

/** A change still without its order, or why there can be none. */
export type Planned = { change: Omit<Change, 'after'> } | { refused: Refusal };

/** What planning one object needs to know of the rest. */
export interface Surroundings {
  cluster: Cluster;
  allowed: Allowed;
  /** The live object, where there is one. */
  live?: KubernetesObject;
  scalers: () => Promise<readonly KubernetesObject[]>;
  /** Answers of the server that still hold, by what was asked. */
  known: Map<string, Planned>;
  /** Whether the server need not be asked about the new object. */
  isProven: (desired: PlacedObject) => Promise<boolean>;
}

/**
 * What applying one object would change: seen at the live object alone where that is sure, else as the server answers to a dry run.
 * Reads only.
 */
export async function planObject(
  desired: PlacedObject,
  id: string,
  { cluster, allowed, live, scalers, known, isProven }: Surroundings,
): Promise<Planned> {
  const foreign = live && foreignOwner(live, cluster, id);
  if (foreign) return { refused: { conflict: foreign } };
  const { object, kept } = await keepReplicas(desired.object, live, scalers);
  const wanted = { ...desired, object, id, live };
  const step = applyStepFor(wanted, { force: false, keepsReplicas: kept });
  if (live && isSurelyUnchanged(object, live))
    return { change: { id, service: desired.service, desired: step, action: 'none', fields: [] } };
  if (!live && !allowed.preflight) return { change: plannedCreation(desired, id) };

  const question = `${desired.path} ${live?.metadata.uid} ${live?.metadata.resourceVersion} ${JSON.stringify(object)}`;
  const answered = known.get(question);
  if (answered) return answered;
  const ask = async (): Promise<Planned> => {
    const found = await preview(wanted, cluster, allowed);
    return 'refused' in found ? found : { change: changeOf(wanted, step, found) };
  };
  const planned = !live && (await isProven(desired)) ? { change: plannedCreation(desired, id) } : await ask();
  known.set(question, planned);
  return planned;
}

/** The change that creates an object where nothing is looked at: its namespace or kind is still to come, or nobody wants to know. */
export function plannedCreation(desired: PlacedObject, id: string): Omit<Change, 'after'> {
  const { object, service } = desired;
  const step = applyStepFor(desired, { force: false, keepsReplicas: false });
  return { id, action: 'create', fields: pendingImages(object, service), service, desired: step };
}

function applyStepFor(
  { path, object, file, line }: PlacedObject,
  how: Pick<ApplyStep, 'force' | 'keepsReplicas'>,
): ApplyStep {
  return { do: 'apply', path, object, at: `${file}:${line}`, ...how };
}

function changeOf(
  { id, service, object, live }: PlacedObject & { id: string; live?: KubernetesObject },
  step: ApplyStep,
  { after, undone, takesOver, replaces }: Preview,
): Omit<Change, 'after'> {
  if (!live) return { id, service, desired: step, action: 'create', fields: pendingImages(object, service) };
  const fields = fieldChanges(live, after).map((field) => withoutPlaceholder(field, service));
  if (replaces) {
    const desired = { ...step, replaces: String(live.metadata.uid) };
    return { id, service, desired, action: 'replace', fields, note: 'a field is fixed when it is created' };
  }
  const force = undone.length > 0 || takesOver;
  const { uid, resourceVersion } = live.metadata as unknown as NonNullable<ApplyStep['reviewed']>;
  const desired = { ...step, force, takesOver, reviewed: { uid, resourceVersion } };
  const notes = [
    ...(clientApplied(live).length > 0 ? ['taken over from kubectl apply'] : []),
    ...(undone.length > 0 ? [conflictNote(undone)] : []),
    ...ownershipNote(live, after, object, fields.length > 0),
  ];
  const action = fields.length > 0 || notes.length > 0 || takesOver ? 'update' : 'none';
  return { id, service, desired, action, fields, note: notes.join(', ') || undefined };
}

/** Where values alone do not say it: some are not ours to remove later, since a person set them to the same, or we by another version. */
function ownershipNote(
  live: KubernetesObject,
  after: KubernetesObject,
  { apiVersion }: KubernetesObject,
  changes: boolean,
): string[] {
  const [before, now] = [ownEntry(live), ownEntry(after)];
  if (before && before.apiVersion !== apiVersion) return [`moves from ${before.apiVersion} to ${apiVersion}`];
  const same = before && now && sameFieldSet(before.fieldsV1 ?? {}, now.fieldsV1 ?? {});
  return same || changes || clientApplied(live).length > 0 ? [] : ['its fields become ours'];
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

import type { Change } from '../../core/change.ts';
import { delay } from '../../core/duration.ts';
import { ExpectedError } from '../../core/errors.ts';
import type { KubernetesObject } from '../../core/kubernetes-object.ts';
import { ApiError } from './api/api-error.ts';
import { type Cluster, getObject } from './cluster.ts';
import { makeRoom } from './make-room.ts';
import { conflictError, conflictsIn } from './plan/conflicts.ts';
import { serverWords } from './plan/refusals.ts';
import { reviewedApply } from './reviewed-apply.ts';
import type { ApplyStep } from './step.ts';

const pause = 300;

/** Writes the object and returns it as the server has it now. What passes by itself is tried again for some seconds. */
export async function applyStep(
  step: ApplyStep,
  change: Pick<Change, 'id' | 'fields'>,
  cluster: Pick<Cluster, 'api'>,
  signal: AbortSignal,
): Promise<KubernetesObject> {
  const { id } = change;
  let { object } = step;
  if (step.replaces) await makeRoom({ path: step.path, uid: step.replaces, id }, cluster, signal);
  for (let attempt = 1; ; attempt++) {
    try {
      return await reviewedApply(step, object, change, cluster, signal);
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      const conflicted = error.causes.some(({ reason }) => reason === 'FieldManagerConflict');
      if (conflicted && step.keepsReplicas && object === step.object) object = withoutReplicas(object);
      else if (conflicted) throw await movedSincePlanning(error, step, id, cluster);
      else if (attempt > retriesFor(error)) throw refused(error, id, step);
      else await delay(pause, signal);
    }
  }
}

/** The autoscaler has changed the number since it was looked at, so that it is the autoscaler's now. */
function withoutReplicas(object: KubernetesObject): KubernetesObject {
  const { replicas: _, ...spec } = object.spec as { replicas?: number };
  return { ...object, spec };
}

/** For two writers at once, to an object or its quota; for a kind or an account that the server has only just been told of. */
function retriesFor({ status, message, causes }: ApiError): number {
  if (status === 409) return causes.length === 0 ? 5 : 0;
  const unknown = status === 404 && /could not find the requested resource|page not found/.test(message);
  const accountComing =
    status === 403 && /service account|serviceaccount/.test(message) && /not found/.test(message);
  return unknown || accountComing ? 9 : 0;
}

async function movedSincePlanning(
  error: ApiError,
  { path, object }: ApplyStep,
  id: string,
  cluster: Pick<Cluster, 'api'>,
): Promise<ExpectedError> {
  const live = await getObject(cluster, path);
  return conflictError(conflictsIn(error, id, live ?? object, object));
}

function refused(error: ApiError, id: string, { object, at }: ApplyStep): ExpectedError {
  const invalid = !error.passing && [400, 422, 500].includes(error.status);
  return new ExpectedError({
    code: 'E_REFUSED',
    exit: error.status === 409 ? 'conflict' : invalid ? 'validation' : 'failure',
    message: `the cluster refused ${id}`,
    where: at ? `${at} ${id}` : id,
    why: serverWords(error, object),
  });
}

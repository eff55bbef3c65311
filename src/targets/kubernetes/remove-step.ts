import { delay } from '../../core/duration.ts';
import { ExpectedError } from '../../core/errors.ts';
import { ApiError, isNotFound } from './api/api-error.ts';
import type { Cluster } from './cluster.ts';
import { removalRefusal } from './plan/refusals.ts';
import type { RemoveStep } from './step.ts';

/** For two writers at once. */
const retries = 5;
/** Milliseconds. */
const pause = 300;

/** Asks for the removal of exactly the object that was planned; one that is gone, or another by now, is none of ours. */
export async function removeStep(
  { path, uid }: RemoveStep,
  id: string,
  { api }: Pick<Cluster, 'api'>,
  signal: AbortSignal,
): Promise<void> {
  const body = {
    apiVersion: 'v1',
    kind: 'DeleteOptions',
    propagationPolicy: 'Background',
    preconditions: { uid },
  };
  for (let attempt = 1; ; attempt++) {
    try {
      await api.request({ method: 'DELETE', path, body, signal });
      return;
    } catch (error) {
      const conflict = error instanceof ApiError && error.status === 409;
      if (isNotFound(error) || (conflict && /uid/i.test(error.message))) return;
      if (!conflict || attempt > retries)
        throw error instanceof ApiError ? removalRefused(error, path, id) : error;
      await delay(pause, signal);
    }
  }
}

export function removalRefused(error: ApiError, path: string, id: string): ExpectedError {
  return new ExpectedError({
    code: 'E_REFUSED',
    exit: 'failure',
    message: `the cluster refused to remove ${id}`,
    where: id,
    why: removalRefusal(error, path),
    hints: [
      'repeat the command when that is settled: what is still there stays recorded, and is tried again',
    ],
  });
}

import { delay } from '../../core/duration.ts';
import { ExpectedError } from '../../core/errors.ts';
import { ApiError } from './api/api-error.ts';
import { type Cluster, getObject } from './cluster.ts';
import { removalRefused } from './plan/refusals.ts';

const pause = 200;

/** Deletes exactly the object with this uid, with what it owns, and waits until all of it is gone. */
export async function makeRoom(
  { path, uid, id }: { path: string; uid: string; id: string },
  cluster: Pick<Cluster, 'api'>,
  signal: AbortSignal,
): Promise<void> {
  // In the foreground, so that it is gone only after its pods are, which the new one would otherwise meet.
  const body = {
    apiVersion: 'v1',
    kind: 'DeleteOptions',
    propagationPolicy: 'Foreground',
    preconditions: { uid },
  };
  let asked = false;
  for (; ; await delay(pause, signal)) {
    const live = await getObject(cluster, path, signal);
    if (!live) return;
    if (live.metadata.uid !== uid) throw madeAnew(id);
    if (asked || live.metadata.deletionTimestamp) continue;
    try {
      await cluster.api.request({ method: 'DELETE', path, body, signal });
      asked = true;
    } catch (error) {
      // Gone, or another one, since the look: the next look tells.
      if (!(error instanceof ApiError)) throw error;
      if (![404, 409].includes(error.status)) throw removalRefused(error, path, id);
    }
  }
}

function madeAnew(id: string): ExpectedError {
  return new ExpectedError({
    code: 'E_MOVED',
    exit: 'conflict',
    message: `${id} has changed since it was planned`,
    where: id,
    why: 'someone else has deleted it and made another',
    hints: ['plan again, and look at what it shows'],
  });
}

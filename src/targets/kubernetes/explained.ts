import { ExpectedError } from '../../core/errors.ts';
import { ApiError } from './api/api-error.ts';
import type { Cluster } from './cluster.ts';

type Place = Pick<Cluster, 'context' | 'namespace'>;

/** No refusal of the API server leaves the target unexplained. */
export async function explained<T>(place: Place, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw error instanceof ApiError ? unexpectedRefusal(error, place) : error;
  }
}

export async function* explainedLines<T>(place: Place, lines: AsyncIterable<T>): AsyncGenerator<T> {
  try {
    yield* lines;
  } catch (error) {
    throw error instanceof ApiError ? unexpectedRefusal(error, place) : error;
  }
}

function unexpectedRefusal(error: ApiError, { context, namespace }: Place): ExpectedError {
  return new ExpectedError({
    code: 'E_REFUSED',
    exit: 'failure',
    message: 'the cluster refused a request',
    where: `context ${context}, namespace ${namespace}`,
    why: error.message,
  });
}

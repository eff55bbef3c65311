import type { Change } from '../core/change.ts';
import { formatDuration } from '../core/duration.ts';
import { ExpectedError } from '../core/errors.ts';
import type { Diagnosis } from '../core/readiness.ts';

export function rolloutFailed(change: Change, diagnosis: Diagnosis): ExpectedError {
  return new ExpectedError({
    code: 'E_ROLLOUT_FAILED',
    exit: 'failure',
    ...diagnosis,
    data: { resource: change.id },
  });
}

/** `timeout` in milliseconds. */
export function rolloutLate(change: Change, diagnosis: Diagnosis, timeout: number): ExpectedError {
  return new ExpectedError({
    code: 'E_TIMEOUT',
    exit: 'timeout',
    ...diagnosis,
    message: `${diagnosis.message} (not ready after ${formatDuration(timeout)})`,
    data: { resource: change.id },
  });
}

import { ExpectedError } from './errors.ts';
import { placeFlags } from './place-flags.ts';

/** For what needs an instance that answers, while there is none; trying again may help. */
export function notReady(
  service: string,
  why: string,
  place: { environment: string; flags?: string },
): ExpectedError {
  const flags = placeFlags(place);
  return new ExpectedError({
    code: 'E_NOT_READY',
    exit: 'timeout',
    message: `${service} is not ready`,
    why,
    hints: [`cloudnative status ${flags}`, `cloudnative logs ${service} ${flags}`],
  });
}

export function isNotReady(error: unknown): error is ExpectedError {
  return error instanceof ExpectedError && error.explanation.code === 'E_NOT_READY';
}

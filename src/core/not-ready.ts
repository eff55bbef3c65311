import { ExpectedError } from './errors.ts';

/** For what needs an instance that answers, while there is none; trying again may help. */
export function notReady(service: string, why: string, where?: string): ExpectedError {
  return new ExpectedError({
    code: 'E_NOT_READY',
    exit: 'timeout',
    message: `${service} is not ready`,
    where,
    why,
    hints: ['cloudnative status', `cloudnative logs ${service}`],
  });
}

export function isNotReady(error: unknown): error is ExpectedError {
  return error instanceof ExpectedError && error.explanation.code === 'E_NOT_READY';
}

import { constants } from 'node:os';
import { ExpectedError } from '../core/errors.ts';

/** `E_WRITE` for what the system said about a path; any other error is given back as it is. */
export function writeError(path: string, error: unknown): unknown {
  const { errno, syscall, path: culprit } = error as NodeJS.ErrnoException;
  if (error instanceof ExpectedError || errno === undefined || syscall === undefined) return error;
  return new ExpectedError({
    code: 'E_WRITE',
    exit: 'failure',
    message: `cannot write ${path}`,
    where: culprit ?? path,
    why: reason(error as NodeJS.ErrnoException),
    cause: error,
  });
}

/** E.g. `no space left on device (ENOSPC)`. */
function reason({ code, errno, message }: NodeJS.ErrnoException): string {
  const words = /^[A-Z0-9]+: (.*?), [a-z]+( '.*)?$/s.exec(message)?.[1];
  if (words !== undefined) return `${words} (${code})`;
  // A few the runtime has no words for, a full quota among them.
  const name = Object.entries(constants.errno).find(([, number]) => number === -errno!)?.[0];
  return name === 'EDQUOT' ? 'disk quota exceeded (EDQUOT)' : (name ?? message);
}

import { ExpectedError } from '../../core/errors.ts';

export function nameTaken(kind: 'container' | 'network', name: string): ExpectedError {
  return new ExpectedError({
    code: 'E_NAME_TAKEN',
    exit: 'conflict',
    message: `there is a ${kind} ${name} already, and it is not of this app and environment`,
    where: `${kind} ${name}`,
    why: 'what cloudnative made carries labels that say so; nothing else is touched',
    hints: [
      kind === 'container'
        ? `docker rename ${name} ${name}-old`
        : `docker network rm ${name}, if nothing needs it`,
    ],
  });
}

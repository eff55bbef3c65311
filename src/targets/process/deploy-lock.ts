import { ExpectedError } from '../../core/errors.ts';
import { commandOf } from '../../system/process-identity.ts';
import { ask, claim } from '../../system/single-instance.ts';
import type { Scope } from '../target.ts';
import type { StatePaths } from './state-files.ts';
import { lockName } from './supervisor-protocol.ts';

/** Runs work while no other deploy of this environment does; the lock ends with this process, however it ends. Throws E_LOCKED (8). */
export async function withDeployLock<T>(scope: Scope, paths: StatePaths, work: () => Promise<T>): Promise<T> {
  const lock = await claim(lockName(paths), () => ({ pid: process.pid }));
  if (!lock) throw await locked(scope, paths);
  try {
    return await work();
  } finally {
    await lock.release();
  }
}

async function locked({ app, environment }: Scope, paths: StatePaths): Promise<ExpectedError> {
  const asked = await ask(lockName(paths), null, 1000);
  const pid = asked.state === 'answered' ? (asked.reply as { pid: number }).pid : undefined;
  const command = pid === undefined ? undefined : commandOf(pid);
  return new ExpectedError({
    code: 'E_LOCKED',
    exit: 'locked',
    message: `another deploy of ${app} to ${environment} is running`,
    where: paths.root,
    why: pid === undefined ? 'it does not say who it is' : `pid ${pid}${command ? `: ${command}` : ''}`,
    hints: ['wait until it has ended, then run the same command again'],
  });
}

import { delay } from '../../core/duration.ts';
import { ExpectedError } from '../../core/errors.ts';
import { commandOf } from '../../system/process-identity.ts';
import { ask, type Claim, claim } from '../../system/single-instance.ts';
import type { Scope } from '../target.ts';
import type { StatePaths } from './state-files.ts';
import { lockName } from './supervisor-protocol.ts';

/** A process that was killed holds its sockets for a moment longer. Milliseconds. */
const patience = 3000;

/** Runs work while no other deploy of this environment does; the lock ends with this process, however it ends. Throws E_LOCKED (8). */
export async function withDeployLock<T>(scope: Scope, paths: StatePaths, work: () => Promise<T>): Promise<T> {
  const lock = await acquire(scope, paths);
  try {
    return await work();
  } finally {
    await lock.release();
  }
}

async function acquire(scope: Scope, paths: StatePaths): Promise<Claim> {
  const end = performance.now() + patience;
  for (;;) {
    const lock = await claim(lockName(paths), () => ({ pid: process.pid }));
    if (lock) return lock;
    const asked = await ask(lockName(paths), null, 1000);
    if (asked.state === 'answered') throw locked(scope, paths, (asked.reply as { pid: number }).pid);
    if (performance.now() >= end) throw locked(scope, paths);
    await delay(50, new AbortController().signal);
  }
}

function locked({ app, environment }: Scope, paths: StatePaths, pid?: number): ExpectedError {
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

import { readlinkSync } from 'node:fs';
import { hostname, userInfo } from 'node:os';
import { identify, isRunning } from './process-identity.ts';

/** Who holds a lock: text for people, and what tells on the same machine whether it still lives. */
export interface LockHolder {
  /** E.g. `ada@laptop, pid 4711`. */
  text: string;
  process: string;
}

export function thisHolder(): LockHolder {
  const { start = '' } = identify(process.pid) ?? {};
  return {
    text: `${userInfo().username}@${hostname()}, pid ${process.pid}`,
    process: [process.pid, start, pidNamespace()].join(' '),
  };
}

/** True only where it is certain: a process of this machine, since it was switched on, of the same pid namespace. */
export function isGone(holder: string): boolean {
  const [pid = '', start = '', namespace = ''] = holder.split(' ');
  const own = identify(process.pid)?.start;
  const boot = (text: string | undefined) => text?.split('-')[0];
  if (!/^\w+-\w+$/.test(start) || boot(start) !== boot(own) || !namespace || namespace !== pidNamespace())
    return false;
  return !isRunning({ pid: Number(pid), start });
}

function pidNamespace(): string {
  try {
    return readlinkSync('/proc/self/ns/pid');
  } catch {
    return '';
  }
}

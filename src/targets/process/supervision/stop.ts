import { setTimeout as sleep } from 'node:timers/promises';
import { signalGroup, signalProcess } from '../../../system/process-group.ts';
import { isRunning, type ProcessIdentity } from '../../../system/process-identity.ts';

const pause = 50;
const killWait = 5000;

/** Ends a process with its group, and what it left outside of the group: SIGTERM, `grace` milliseconds, SIGKILL. `members` finds what is left. */
export async function stopProcess(
  leader: ProcessIdentity | undefined,
  grace: number,
  members: () => readonly number[],
): Promise<void> {
  const leads = () => leader !== undefined && isRunning(leader);
  const gone = () => !leads() && members().length === 0;
  const signal = (name: NodeJS.Signals) => {
    // Only while the leader lives is the group's number surely its own.
    if (leads()) signalGroup(leader!.pid, name);
    else for (const pid of members()) signalProcess(pid, name);
  };
  signal('SIGTERM');
  if (await within(grace, gone)) return;
  signal('SIGKILL');
  if (await within(pause, gone)) return;
  for (const pid of members()) signalProcess(pid, 'SIGKILL');
  await within(killWait, gone);
}

async function within(ms: number, condition: () => boolean): Promise<boolean> {
  const deadline = performance.now() + ms;
  while (!condition()) {
    if (performance.now() >= deadline) return false;
    await sleep(pause);
  }
  return true;
}

import { spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { parse } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { ExpectedError } from '../../core/errors.ts';
import { signalProcess } from '../../system/process-group.ts';
import { isRunning, type ProcessIdentity } from '../../system/process-identity.ts';
import { ask } from '../../system/single-instance.ts';
import { inheritedEnvironment } from './inherited-environment.ts';
import { knownServices, readJson, type StatePaths } from './state-files.ts';
import { type SupervisorReply, supervisorName } from './supervisor-protocol.ts';

declare const CLOUDNATIVE_VERSION: string;

export interface Launch {
  paths: StatePaths;
  /** The supervisor's program file. */
  supervisorEntry: string;
  nodePath: string;
}

const answerTime = 3000;
const startTime = 10_000;

/** The living supervisor; undefined when there is none that answers. */
export async function findSupervisor(paths: StatePaths): Promise<SupervisorReply | undefined> {
  const asked = await ask(supervisorName(paths), { do: 'ping' }, answerTime);
  return asked.state === 'answered' ? (asked.reply as SupervisorReply) : undefined;
}

/** Has the specs, as they are on disk now, taken up by a supervisor of this very version, started where needed. Throws E_SUPERVISOR (1). */
export async function reconcile(launch: Launch): Promise<void> {
  const { paths } = launch;
  for (let tries = 0; tries < 5; tries++) {
    const asked = await ask(supervisorName(paths), { do: 'reconcile' }, answerTime);
    if (asked.state === 'answered') {
      const supervisor = asked.reply as SupervisorReply;
      if (supervisor.version === CLOUDNATIVE_VERSION) return;
      await end(supervisor, 'SIGTERM');
    } else if (asked.state === 'silent') await endSilent(paths);
    await start(launch);
    // It has removed the last service and ended already.
    if (knownServices(paths).length === 0) return;
  }
  throw notStarted(paths, ['it starts, and is gone again']);
}

/** Waits for a supervisor that has nothing left to do to end by itself, and ends it after that. */
export async function endIdleSupervisor(paths: StatePaths): Promise<void> {
  const supervisor = await findSupervisor(paths);
  if (!supervisor || (await ended(supervisor, 2000))) return;
  await end(supervisor, 'SIGTERM');
}

async function start(launch: Launch): Promise<void> {
  const { paths, nodePath, supervisorEntry } = launch;
  const log = openSync(paths.supervisorLog, 'a', 0o600);
  const child = spawn(nodePath, [supervisorEntry, paths.root], {
    cwd: parse(paths.root).root,
    env: inheritedEnvironment(process.env),
    detached: true,
    stdio: ['ignore', 'ignore', log],
    windowsHide: true,
  });
  closeSync(log);
  child.unref();
  let exit: string | undefined;
  child.once('error', (error) => {
    exit = error.message;
  });
  child.once('exit', (code, signal) => {
    exit = code === 0 ? '' : `it ended with ${signal ?? `code ${code}`}`;
  });
  const deadline = Date.now() + startTime;
  while (!(await findSupervisor(paths))) {
    // It ends well when another one lives, or when there was nothing left to do.
    if (exit === '') return;
    if (exit !== undefined) throw notStarted(paths, [exit, ...lastLines(paths.supervisorLog)]);
    if (Date.now() > deadline) throw notStarted(paths, [`it did not answer in ${startTime / 1000} s`]);
    await sleep(20);
  }
}

/** One that hangs is as good as dead: it is killed, and its services are taken over. */
async function endSilent(paths: StatePaths): Promise<void> {
  const file = readJson<{ version: 1; supervisor: SupervisorReply }>(paths.supervisor, ({ supervisor }) =>
    Number.isInteger(supervisor?.pid),
  );
  if (typeof file === 'object' && isRunning(file.supervisor)) await end(file.supervisor, 'SIGKILL');
}

async function end(supervisor: ProcessIdentity, signal: NodeJS.Signals): Promise<void> {
  if (isRunning(supervisor)) signalProcess(supervisor.pid, signal);
  await ended(supervisor, 5000);
}

async function ended(supervisor: ProcessIdentity, ms: number): Promise<boolean> {
  const deadline = Date.now() + ms;
  while (isRunning(supervisor)) {
    if (Date.now() > deadline) return false;
    await sleep(20);
  }
  return true;
}

function notStarted(paths: StatePaths, why: readonly string[]): ExpectedError {
  return new ExpectedError({
    code: 'E_SUPERVISOR',
    exit: 'failure',
    message: 'the supervisor of the services on this machine did not start',
    where: paths.supervisorLog,
    why,
    hints: ['run the same command again; services that run go on running'],
  });
}

function lastLines(path: string): string[] {
  try {
    return readFileSync(path, 'utf8').trim().split('\n').slice(-20);
  } catch {
    return [];
  }
}

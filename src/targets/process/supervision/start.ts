import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, existsSync, fstatSync, mkdirSync, openSync } from 'node:fs';
import { readVariables } from '../../../system/dotenv.ts';
import { isPortFree, portHolder } from '../../../system/ports.ts';
import { identify } from '../../../system/process-identity.ts';
import { markerOf, markerVariable } from '../marker.ts';
import type { Exit, RunningProcess, Spec, StatePaths } from '../state-files.ts';

export type Started = { process: RunningProcess; child: ChildProcess; logFrom: number } | { problem: Exit };

/** Starts the service's process in a group of its own, its output going straight to the log file. */
export async function startProcess(spec: Spec, paths: StatePaths): Promise<Started> {
  const busy = await busyPort(spec);
  if (busy) return { problem: { at: Date.now(), problem: busy } };
  const { values, missing } = readVariables(Object.keys(spec.secrets), spec.secretFiles);
  if (missing.length > 0) return final(`no .env file has ${missing.join(', ')}`);

  mkdirSync(paths.logs, { recursive: true, mode: 0o700 });
  const log = openSync(paths.log(spec.service), 'a', 0o600);
  try {
    const logFrom = fstatSync(log).size;
    const [program, ...args] = spec.run;
    const child = spawn(program!, args, {
      cwd: spec.folder,
      env: environmentOf(spec, values, markerOf(paths, spec.service)),
      detached: true,
      stdio: ['ignore', log, log],
      windowsHide: true,
    });
    if (child.pid === undefined) return final(notStarted(spec, await spawnError(child)));
    const identity = identify(child.pid) ?? { pid: child.pid, start: 'ended at once' };
    const process = { ...identity, digest: spec.digest, ports: spec.ports, startedAt: Date.now() };
    return { process, child, logFrom };
  } catch (error) {
    return final(notStarted(spec, error as NodeJS.ErrnoException));
  } finally {
    closeSync(log);
  }
}

/** Everything a process gets to see: a little of the user's environment, its own values, and the ports last, for nothing may move them. */
function environmentOf(
  spec: Spec,
  secrets: Readonly<Record<string, string>>,
  marker: string,
): NodeJS.ProcessEnv {
  return {
    ...spec.inherited,
    ...spec.env,
    ...secrets,
    HTTP_PORT: String(spec.ports.http),
    ADMIN_PORT: String(spec.ports.admin),
    [markerVariable]: marker,
  };
}

async function busyPort({ ports }: Spec): Promise<string | undefined> {
  for (const port of [ports.http, ports.admin]) {
    if (await isPortFree(port, '127.0.0.1')) continue;
    const holder = portHolder(port);
    return `port ${port} is in use${holder ? ` by pid ${holder.pid} (${holder.command})` : ''}`;
  }
  return undefined;
}

async function spawnError(child: ChildProcess): Promise<NodeJS.ErrnoException> {
  const [error] = await once(child, 'error').catch((thrown: unknown) => [thrown]);
  return error as NodeJS.ErrnoException;
}

function notStarted({ run, folder }: Spec, { code, message }: NodeJS.ErrnoException): string {
  if (!existsSync(folder)) return `the folder ${folder} does not exist`;
  if (code === 'ENOENT') return `there is no program "${run[0]}"`;
  if (code === 'EACCES') return `"${run[0]}" may not be executed`;
  return message;
}

function final(problem: string): { problem: Exit } {
  return { problem: { at: Date.now(), problem, final: true } };
}

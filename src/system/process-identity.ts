import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';

/** A process for good: a pid alone may be given to another process, the same pid with the same start never. */
export interface ProcessIdentity {
  pid: number;
  /** Opaque; differs between two processes that had the same pid. */
  start: string;
}

/** Who has this pid now; undefined when nobody, or a process that has ended and only waits to be reaped. */
export function identify(pid: number): ProcessIdentity | undefined {
  if (!Number.isSafeInteger(pid) || pid <= 0) return undefined;
  const start = process.platform === 'linux' ? startOnLinux(pid) : startByPs(pid);
  return start === undefined ? undefined : { pid, start };
}

export function isRunning(identity: ProcessIdentity): boolean {
  return identify(identity.pid)?.start === identity.start;
}

/** The pids of all processes, not ended ones, that were started with this environment variable (and so of their children). Linux only; elsewhere none. */
export function processesWithVariable(name: string, value: string): number[] {
  if (process.platform !== 'linux') return [];
  const wanted = `\0${name}=${value}\0`;
  return readdirSync('/proc')
    .filter((entry) => /^\d+$/.test(entry))
    .filter((pid) => `\0${readOr(`/proc/${pid}/environ`, '')}\0`.includes(wanted) && identify(Number(pid)))
    .map(Number);
}

/** The command line, or the name where that is hidden; undefined when it cannot be told. */
export function commandOf(pid: number): string | undefined {
  if (process.platform !== 'linux') return undefined;
  const line = readOr(`/proc/${pid}/cmdline`, '').split('\0').join(' ').trim();
  return line || readOr(`/proc/${pid}/comm`, '').trim() || undefined;
}

/** What `/proc/<pid>/stat` says that is of use here; undefined for any other text. */
export function parseStat(text: string): { state: string; threads: number; startTicks: string } | undefined {
  // The name comes second, in parentheses, and may itself hold spaces and parentheses.
  const fields = text
    .slice(text.lastIndexOf(')') + 1)
    .trim()
    .split(' ');
  const [state, threads, startTicks] = [fields[0], fields[17], fields[19]];
  if (!state || !startTicks || !/^\d+$/.test(startTicks)) return undefined;
  return { state, threads: Number(threads), startTicks };
}

/** The same by `ps`, for systems without `/proc`: to the second only. */
export function startByPs(pid: number): string | undefined {
  try {
    const text = execFileSync('ps', ['-o', 'stat=,lstart=', '-p', String(pid)], {
      encoding: 'utf8',
      env: { PATH: process.env.PATH, LC_ALL: 'C' },
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    const [, state, start] = /^\s*(\S+)\s+(\S.*?)\s*$/.exec(text) ?? [];
    return state?.startsWith('Z') ? undefined : start;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ENOENT' ? startUnknown(pid) : undefined;
  }
}

function startOnLinux(pid: number): string | undefined {
  const stat = parseStat(readOr(`/proc/${pid}/stat`, ''));
  // A killed process is a zombie before its last threads are gone, and they still hold its ports.
  if (!stat || stat.state === 'X' || (stat.state === 'Z' && stat.threads <= 1)) return undefined;
  // Ticks count from the start of the machine, so they may be the same again after a restart.
  return `${bootId()}-${stat.startTicks}`;
}

let knownBootId: string | undefined;
function bootId(): string {
  knownBootId ??= readOr('/proc/sys/kernel/random/boot_id', '').slice(0, 8);
  return knownBootId;
}

/** Without `ps` (Windows) only "there is such a process" can be told. */
function startUnknown(pid: number): string | undefined {
  try {
    process.kill(pid, 0);
    return 'unknown';
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM' ? 'unknown' : undefined;
  }
}

function readOr(path: string, otherwise: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return otherwise;
  }
}

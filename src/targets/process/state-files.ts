import { readdirSync, readFileSync, realpathSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { isRecord } from '../../core/is-record.ts';
import type { ProcessIdentity } from '../../system/process-identity.ts';
import type { Ports } from '../../workspace/model.ts';

/** The folder that the CLI and the supervisor of one environment share; only the user may enter it. */
export interface StatePaths {
  /** Without symbolic links: it names the supervisor, the lock and the processes that belong here. */
  root: string;
  services: string;
  observed: string;
  logs: string;
  /** Whose folder this is: see State. */
  state: string;
  ports: string;
  supervisor: string;
  supervisorLog: string;
  spec(service: string): string;
  observedOf(service: string): string;
  log(service: string): string;
}

/** Written once. A copied or moved folder is not its own: it owns no process and starts afresh. */
export interface State {
  version: 1;
  owner: string;
  /** For hashes of secrets. */
  salt: string;
}

/** What shall run, written by the CLI alone; the service runs for as long as the file is there. No secret is in it. */
export interface Spec {
  version: 1;
  service: string;
  /** New with every deploy that touched the service, so that it is seen when the supervisor has taken it up. */
  generation: string;
  /** Of all that makes a process outdated when it changes. */
  digest: string;
  /** Digest of the build. */
  build: string;
  folder: string;
  run: readonly string[];
  calls: readonly string[];
  ports: Ports;
  env: Readonly<Record<string, string>>;
  /** Salted hash by variable: the supervisor reads the values when it starts the process. */
  secrets: Readonly<Record<string, string>>;
  secretFiles: readonly string[];
  /** Of the environment of the user who deployed; not part of the digest. */
  inherited: Readonly<Record<string, string>>;
  limits: Limits;
}

export interface Limits {
  /** Milliseconds from SIGTERM to SIGKILL. */
  stopGrace: number;
  /** A longer log is moved to `<name>.log.1`. */
  logBytes: number;
}

/** What the supervisor did last, written by it alone. Whether the process is still there, only the system knows. */
export interface Observed {
  version: 1;
  service: string;
  /** Of the spec that it has taken up. */
  generation: string;
  state: 'running' | 'waiting' | 'stopping';
  process?: RunningProcess;
  attempts: Attempts;
}

export interface RunningProcess extends ProcessIdentity {
  /** Digest of the spec that it was started from. */
  digest: string;
  ports: Ports;
  /** Epoch milliseconds. */
  startedAt: number;
}

export interface Attempts {
  /** Since the last deploy. */
  restarts: number;
  /** Exits in a row, each soon after its start. */
  quickExits: number;
  lastExit?: Exit;
  /** Epoch milliseconds; 0 for at once. */
  nextStart: number;
  /** Bytes of the log from before the last start. */
  logFrom: number;
}

export interface Exit {
  /** Epoch milliseconds. */
  at: number;
  code?: number;
  signal?: string;
  /** Why there is neither: it could not be started, or nobody saw it end. */
  problem?: string;
  /** Trying again cannot help. */
  final?: boolean;
}

export function statePaths(stateDir: string): StatePaths {
  const root = withoutLinks(resolve(stateDir));
  const inside = (...parts: string[]) => join(root, ...parts);
  return {
    root,
    services: inside('services'),
    observed: inside('observed'),
    logs: inside('logs'),
    ports: inside('ports.json'),
    state: inside('state.json'),
    supervisor: inside('supervisor.json'),
    supervisorLog: inside('supervisor.log'),
    spec: (service) => inside('services', `${service}.json`),
    observedOf: (service) => inside('observed', `${service}.json`),
    log: (service) => inside('logs', `${service}.log`),
  };
}

/** Services that have a spec, and those of which something is left. Sorted. */
export function knownServices(paths: StatePaths): string[] {
  if (readState(paths) === 'absent') return [];
  return [...new Set([...namesIn(paths.services), ...namesIn(paths.observed)])].sort();
}

/** `unreadable` is not `absent`: a file that cannot be understood must not end a service. */
export function readSpec(paths: StatePaths, service: string): Spec | 'absent' | 'unreadable' {
  const state = readState(paths);
  return typeof state === 'object' ? readJson<Spec>(paths.spec(service), isWholeSpec) : state;
}

export function readObserved(paths: StatePaths, service: string): Observed | undefined {
  const observed =
    typeof readState(paths) === 'object' && readJson<Observed>(paths.observedOf(service), isWholeObserved);
  return typeof observed === 'object' ? observed : undefined;
}

export function readState(paths: StatePaths): State | 'absent' | 'unreadable' {
  const state = readJson<State>(paths.state, ({ owner, salt }) => isText(owner) && isText(salt));
  return typeof state === 'object' && state.owner !== paths.root ? 'absent' : state;
}

/** A JSON document of version 1 that is whole: with everything that its readers rely on. */
export function readJson<T extends { version: 1 }>(
  path: string,
  isWhole: (value: T) => boolean,
): T | 'absent' | 'unreadable' {
  try {
    const value = JSON.parse(readFileSync(path, 'utf8'));
    return value?.version === 1 && isWhole(value) ? value : 'unreadable';
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    return code === 'ENOENT' || code === 'ENOTDIR' ? 'absent' : 'unreadable';
  }
}

function isWholeSpec({
  service,
  generation,
  digest,
  folder,
  run,
  calls,
  ports,
  env,
  secrets,
  inherited,
  limits,
}: Spec) {
  const texts = [service, generation, digest, folder].every(isText);
  const lists = Array.isArray(run) && Array.isArray(calls);
  return texts && lists && isPorts(ports) && [env, secrets, inherited, limits].every(isRecord);
}

function isWholeObserved({ generation, attempts, process: running }: Observed): boolean {
  const known =
    running === undefined || (isRecord(running) && Number.isInteger(running.pid) && isPorts(running.ports));
  return isText(generation) && isRecord(attempts) && known;
}

export function isPorts(value: unknown): value is Ports {
  return isRecord(value) && Number.isInteger(value.http) && Number.isInteger(value.admin);
}

function isText(value: unknown): boolean {
  return typeof value === 'string';
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder).flatMap((file) => /^([a-z][-a-z0-9]*)\.json$/.exec(file)?.[1] ?? []);
  } catch {
    return [];
  }
}

/** The folder itself need not exist yet. */
function withoutLinks(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    const parent = dirname(path);
    return parent === path ? path : join(withoutLinks(parent), basename(path));
  }
}

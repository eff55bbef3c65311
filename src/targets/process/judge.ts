import { formatDuration } from '../../core/duration.ts';
import type { Verdict } from '../../core/readiness.ts';
import type { Probe } from './probe.ts';
import type { ServiceView } from './service-view.ts';
import type { Attempts, Exit } from './state-files.ts';
import { steady } from './supervision/back-off.ts';

export interface Facts extends ServiceView {
  supervisor: boolean;
  /** Only of a process that is alive. */
  probe?: Probe;
  /** Epoch milliseconds. */
  now: number;
}

/** Exits in a row after which waiting longer is pointless. */
const enoughExits = 2;

/** Whether a service runs as its spec says. */
export function judge({ spec, observed, alive, supervisor, probe, now }: Facts): Verdict {
  if (!spec) return failed('it is not deployed');
  const running = observed?.process;
  const upToDate = observed?.generation === spec.generation && running?.digest === spec.digest;
  if (alive && running && upToDate) {
    if (probe && 'status' in probe && probe.status === 200)
      return { readiness: 'ready', reason: 'GET /readyz answers 200', detail: address(spec.ports) };
    const young = now - running.startedAt < steady;
    if (young && hopeless(observed.attempts)) return failed(exitText(observed.attempts));
    return progressing(probeText(probe));
  }
  if (!supervisor)
    return failed(`${notRunning(observed?.attempts, alive)}, and the supervisor is not running`);
  if (observed?.generation !== spec.generation) return progressing('starting');
  if (observed.state === 'stopping') return progressing('its old process is stopping');
  if (observed.state === 'waiting' && observed.attempts.lastExit) {
    if (hopeless(observed.attempts)) return failed(exitText(observed.attempts));
    return progressing(`${exitText(observed.attempts)}; it is started again`);
  }
  return progressing('starting');
}

/** Whether nothing is left of a service that shall go. */
export function judgeRemoval({ spec, observed, alive, supervisor }: Omit<Facts, 'probe' | 'now'>): Verdict {
  if (!spec && !observed && !alive) return { readiness: 'ready', reason: 'gone' };
  if (!supervisor) return failed('the supervisor, which ends its process, is not running');
  return progressing(spec ? 'its process still runs' : 'its process is stopping');
}

/** E.g. `its process exits with code 1 (twice)`. */
export function exitText({ lastExit, quickExits }: Pick<Attempts, 'lastExit' | 'quickExits'>): string {
  if (lastExit?.problem !== undefined) return lastExit.problem;
  const times = quickExits < 2 ? '' : quickExits === 2 ? ' (twice)' : ` (${quickExits} times)`;
  return `${whatEnded(lastExit)}${times}`;
}

function address({ http, admin }: { http: number; admin: number }): string {
  return `http://127.0.0.1:${http}  admin :${admin}`;
}

/** For people, in words that follow a service's name. */
export function notRunning(attempts: Attempts | undefined, alive: boolean): string {
  if (alive) return 'an older process runs';
  if (!attempts?.lastExit || attempts.quickExits === 0) return 'its process is gone';
  return exitText(attempts);
}

/** E.g. `the next start is in 3.2s`; empty when it is not waiting. */
export function nextStartText({ observed, supervisor, now }: Facts): string {
  if (!supervisor || observed?.state !== 'waiting' || observed.attempts.nextStart <= now) return '';
  return `the next start is in ${formatDuration(observed.attempts.nextStart - now)}`;
}

function whatEnded(exit: Exit | undefined): string {
  if (!exit) return 'its process is gone';
  return exit.signal ? `its process was ended by ${exit.signal}` : `its process exits with code ${exit.code}`;
}

function hopeless({ quickExits, lastExit }: Attempts): boolean {
  return quickExits >= enoughExits || (quickExits > 0 && lastExit?.final === true);
}

function probeText(probe: Probe | undefined): string {
  if (!probe) return 'starting';
  return 'status' in probe ? `GET /readyz answers HTTP ${probe.status}` : probe.problem;
}

function failed(reason: string): Verdict {
  return { readiness: 'failed', reason };
}

function progressing(reason: string): Verdict {
  return { readiness: 'progressing', reason };
}

import { formatDuration } from '../../core/duration.ts';
import type { Verdict } from '../../core/readiness.ts';
import { plainText } from '../../core/terminal-text.ts';
import type { ContainerInspect } from '../../system/docker-engine.ts';
import { addressOf } from './published.ts';

/** Restarts after which waiting longer is pointless. */
const enoughRestarts = 2;
/** Milliseconds of running after which a container without a health check counts as ready. */
const steady = 2_000;

export interface Watched {
  /** Milliseconds that it is known to run without a break. */
  runningFor: number;
  /** Whether its health checks failed for other reasons than what happened to it before, such as a pause. */
  unhealthyForGood: boolean;
}

/** Whether a container does its work. */
export function judge(container: ContainerInspect, { runningFor, unhealthyForGood }: Watched): Verdict {
  const { State, RestartCount } = container;
  if (State.Paused) return failed('it is paused');
  if (State.Restarting) {
    const often = RestartCount >= enoughRestarts;
    return often ? failed(exitText(container)) : progressing(`${exitText(container)}; it is started again`);
  }
  if (State.Status === 'created') return progressing('starting');
  if (!State.Running) return failed(exitText(container));
  const status = State.Health?.Status ?? 'none';
  if (status === 'healthy') return ready('its health check passes', container);
  if (status === 'unhealthy')
    return (unhealthyForGood ? failed : progressing)(`its health check fails${lastCheck(container)}`);
  if (status === 'starting') return progressing(`its health check has not passed yet${lastCheck(container)}`);
  if (runningFor >= steady) return ready('running, without a health check', container);
  return progressing(`running for ${formatDuration(runningFor)}, without a health check`);
}

/** E.g. `its container exits with code 1 (3 times)`. */
export function exitText({ State, RestartCount }: ContainerInspect): string {
  if (State.Error) return `the engine cannot start it: ${plainText(State.Error)}`;
  const cause = State.OOMKilled
    ? 'its container ran out of memory'
    : `its container exits with code ${State.ExitCode}`;
  const times = State.Restarting ? RestartCount + 1 : 1;
  return times === 1 ? cause : times === 2 ? `${cause} (twice)` : `${cause} (${times} times)`;
}

function lastCheck({ State }: ContainerInspect): string {
  const said = plainText(State.Health?.Log?.at(-1)?.Output ?? '')
    .trim()
    .split('\n')[0];
  return said ? `: ${said}` : '';
}

function ready(reason: string, container: ContainerInspect): Verdict {
  const detail = addressOf(container);
  return { readiness: 'ready', reason, ...(detail ? { detail } : {}) };
}

function failed(reason: string): Verdict {
  return { readiness: 'failed', reason };
}

function progressing(reason: string): Verdict {
  return { readiness: 'progressing', reason };
}

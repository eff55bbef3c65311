import { rmSync } from 'node:fs';
import { writeFileAtomic } from '../../../system/atomic-file.ts';
import { isRunning } from '../../../system/process-identity.ts';
import { processesOf } from '../marker.ts';
import type { Attempts, Exit, Observed, RunningProcess, Spec, StatePaths } from '../state-files.ts';
import { readObserved, readSpec } from '../state-files.ts';
import { createAlarm } from './alarm.ts';
import { afterExit, noAttempts, untilStart } from './back-off.ts';
import { capLog } from './log-cap.ts';
import { startProcess } from './start.ts';
import { stopProcess } from './stop.ts';

export interface ServiceLoop {
  /** Look at the spec again. */
  wake(): void;
  /** Once in a while: caps the log, and notices the end of a process that is not our child. */
  tick(): void;
  /** Resolves when the spec is gone and nothing of the service is left. */
  ended: Promise<void>;
}

/** Milliseconds that a stray process gets to end by itself. */
const strayGrace = 5000;

/** Keeps one service as its spec says, for as long as there is one. */
export function superviseService(
  service: string,
  paths: StatePaths,
  note: (text: string) => void,
): ServiceLoop {
  const alarm = createAlarm();
  const before = readObserved(paths, service);
  let generation = before?.generation ?? '';
  let attempts: Attempts = before?.attempts ?? noAttempts;
  let running: RunningProcess | undefined = before?.process;
  let exit: Exit | undefined;
  let spec: Spec | undefined;
  /** Not our child: its end is seen by looking, and its exit code by nobody. */
  let adopted = running !== undefined;
  let state: Observed['state'] = 'waiting';
  let written = '';
  if (running && isRunning(running)) note(`${service}: took over pid ${running.pid}`);

  return { wake: alarm.ring, tick, ended: loop() };

  async function loop(): Promise<void> {
    for (;;) {
      const read = readSpec(paths, service);
      if (read === 'absent') return remove();
      if (read !== 'unreadable') spec = read;
      else note(`${service}: its spec cannot be read; left as it is`);
      if (spec) await follow(spec);
      else await alarm.wait();
    }
  }

  /** One step towards the spec, then a rest until something happens. */
  async function follow(wanted: Spec): Promise<void> {
    noticeEnd();
    if (wanted.generation !== generation) {
      generation = wanted.generation;
      attempts = { ...noAttempts, logFrom: attempts.logFrom };
    }
    if (running && running.digest !== wanted.digest) return stop();
    if (!running && untilStart(attempts, Date.now()) === 0) await start(wanted);
    write(running ? 'running' : 'waiting');
    await alarm.wait(running ? undefined : untilStart(attempts, Date.now()));
  }

  function noticeEnd(): void {
    if (!running || (!exit && (!adopted || isRunning(running)))) return;
    const seen = exit ?? { at: Date.now(), problem: 'its process ended unseen' };
    note(`${service}: pid ${running.pid} ended: ${JSON.stringify(seen)}`);
    attempts = afterExit(attempts, seen, seen.at - running.startedAt);
    running = undefined;
    exit = undefined;
  }

  async function start(wanted: Spec): Promise<void> {
    await stopProcess(undefined, strayGrace, () => processesOf(paths, service));
    // A full disk or the like: tried again, as after a crash.
    const failed = ({ message }: Error) => ({ problem: { at: Date.now(), problem: message } });
    const started = await startProcess(wanted, paths).catch(failed);
    if ('problem' in started) {
      note(`${service}: not started: ${started.problem.problem}`);
      attempts = afterExit(attempts, started.problem, 0);
      return;
    }
    running = started.process;
    adopted = false;
    attempts = { ...attempts, logFrom: started.logFrom };
    note(`${service}: started pid ${running.pid}`);
    const { pid } = running;
    started.child.once('exit', (code, signal) => {
      if (running?.pid === pid) exit = { at: Date.now(), ...(signal ? { signal } : { code: code ?? 0 }) };
      alarm.ring();
    });
  }

  async function stop(): Promise<void> {
    write('stopping');
    if (running) note(`${service}: stopping pid ${running.pid}`);
    await stopProcess(running, spec?.limits.stopGrace ?? strayGrace, () => processesOf(paths, service));
    running = undefined;
    exit = undefined;
  }

  async function remove(): Promise<void> {
    await stop();
    for (const file of [paths.log(service), `${paths.log(service)}.1`, paths.observedOf(service)])
      rmSync(file, { recursive: true, force: true });
    note(`${service}: removed`);
  }

  function write(now: Observed['state']): void {
    state = now;
    const observed: Observed = {
      version: 1,
      service,
      generation,
      state,
      ...(running ? { process: running } : {}),
      attempts,
    };
    const text = `${JSON.stringify(observed)}\n`;
    if (text === written) return;
    try {
      writeFileAtomic(paths.observedOf(service), text);
      written = text;
    } catch (error) {
      note(`${service}: its state could not be written: ${(error as Error).message}`);
    }
  }

  function tick(): void {
    if (running && adopted && !isRunning(running)) alarm.ring();
    try {
      if (!spec || !capLog(paths.log(service), spec.limits.logBytes)) return;
      attempts = { ...attempts, logFrom: 0 };
      write(state);
    } catch (error) {
      note(`${service}: its log could not be shortened: ${(error as Error).message}`);
    }
  }
}

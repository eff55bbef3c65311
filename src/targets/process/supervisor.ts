import { appendFileSync, existsSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { writeFileAtomic } from '../../system/atomic-file.ts';
import { identify } from '../../system/process-identity.ts';
import { ask, claim } from '../../system/single-instance.ts';
import { knownServices, statePaths } from './state-files.ts';
import { capLog } from './supervision/log-cap.ts';
import { type ServiceLoop, superviseService } from './supervision/service-loop.ts';
import { type SupervisorReply, supervisorName } from './supervisor-protocol.ts';

declare const CLOUDNATIVE_VERSION: string;

// A program of its own: `node supervisor.js <state folder>`. It keeps the services of one environment as their specs say,
// and ends when there are none. Killed, it leaves them running, and the next one takes them over.

const tickPause = 2000;
const ownLogBytes = 1_000_000;

const paths = statePaths(process.argv[2]!);
const loops = new Map<string, ServiceLoop>();
const self: SupervisorReply = {
  ...(identify(process.pid) ?? { pid: process.pid, start: 'unknown' }),
  version: CLOUDNATIVE_VERSION,
};

// The terminal of the deploy that started it may close; services live on when it is told to end.
process.on('SIGHUP', () => note('SIGHUP: ignored'));
process.on('SIGINT', () => note('SIGINT: ignored'));
process.on('SIGTERM', () => leave('SIGTERM: leaving the services as they are', 0));
process.on('uncaughtException', (error) => leave(error.stack ?? String(error), 1));

if (!(await takeName())) process.exit(0);
writeFileAtomic(paths.supervisor, `${JSON.stringify({ version: 1, supervisor: self })}\n`);
note(`started as pid ${self.pid}, version ${self.version}`);
setInterval(tick, tickPause);
reconcile();

/** False when another supervisor lives; one that is just ending is waited for. */
async function takeName(): Promise<boolean> {
  const name = supervisorName(paths);
  for (let tries = 0; tries < 100; tries++) {
    if (await claim(name, answer)) return true;
    if ((await ask(name, { do: 'ping' }, 1000)).state !== 'absent') return false;
    await sleep(20);
  }
  throw new Error('another program holds the name of this supervisor');
}

function answer(request: unknown): SupervisorReply {
  if ((request as { do?: unknown } | null)?.do === 'reconcile') reconcile();
  return self;
}

/** Has every service looked at, and ends when there is none: nothing can be asked in between, for it is one step. */
function reconcile(): void {
  for (const service of knownServices(paths)) {
    const loop = loops.get(service);
    if (loop) loop.wake();
    else supervise(service);
  }
  if (loops.size === 0) leave('no service is left', 0);
}

function supervise(service: string): void {
  const loop = superviseService(service, paths, note);
  loops.set(service, loop);
  loop.ended.then(
    () => {
      loops.delete(service);
      reconcile();
    },
    (error: unknown) => leave((error as Error).stack ?? String(error), 1),
  );
}

function tick(): void {
  // Without its state nobody could find the services any more: each loop sees that its spec is gone.
  if (!existsSync(paths.services)) for (const loop of loops.values()) loop.wake();
  for (const loop of loops.values()) loop.tick();
  try {
    capLog(paths.supervisorLog, ownLogBytes);
  } catch (error) {
    note(`this log could not be shortened: ${(error as Error).message}`);
  }
}

function leave(why: string, code: number): never {
  note(why);
  process.exit(code);
}

function note(text: string): void {
  try {
    appendFileSync(paths.supervisorLog, `${new Date().toISOString()} ${text}\n`, { mode: 0o600 });
  } catch {
    // A full disk, or a folder that is gone, must not end the services.
  }
}

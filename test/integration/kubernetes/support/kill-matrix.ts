import { once } from 'node:events';
import { cli, startCli } from '../../../support/cli.ts';
import { long, randomNumbers, seed, spread } from '../../../support/trials.ts';
import { type CliApp, environment } from './cli-app.ts';
import { faultProxy } from './fault-proxy.ts';
import type { Snapshot, Watcher } from './snapshot.ts';

/** One command that is killed at its requests. */
export interface Row {
  /** Brings the place to where the command starts from, and returns the command. */
  prepare: () => Promise<readonly string[]>;
  /** Nothing may be left behind, not even a lock that has run out. */
  empties?: boolean;
  /** Of a share, too, the command dies after these. */
  always?: RegExp;
}

export interface Outcome {
  requests: number;
  /** Of the requests. */
  writes: number;
  tried: number;
  converged: number;
  /** Objects that were there before, not ours, and are not as they were. */
  foreignTouched: number;
  /** What did not converge, in words. */
  failures: string[];
}

interface Point {
  /** Of the request, from 1. */
  number: number;
  when: 'before' | 'after';
}

const writes = /^(POST|PUT|PATCH|DELETE) (?!.*dryRun=All)/;
/** Points of a row when only a share is tried: writes, and others. */
const share = { writes: 4, others: 1 };

/**
 * Runs the command once in peace, then once for each of its requests and moment: killed there, by SIGKILL before the request is sent or
 * after it was carried out, and run again as it was. The objects must then be those of the run in peace, and the record must name exactly
 * them.
 */
export async function killMatrix(row: Row, app: CliApp, place: Watcher): Promise<Outcome> {
  const prepare = async () => [...(await row.prepare()), '-e', environment, '--yes'];
  const direct = await app.run();
  let args = await prepare();
  const foreign = (await place.take()).foreign;
  const peaceful = await runAndCount(args, app);
  const expected = (await place.take()).own;
  const outcome: Outcome = {
    requests: peaceful.length,
    writes: peaceful.filter((line) => writes.test(line)).length,
    tried: 0,
    converged: 0,
    foreignTouched: 0,
    failures: [],
  };
  const points = pointsOf(peaceful, row);
  for (const [index, { number: wanted, when }] of points.entries()) {
    if (long && index % 20 === 0) tellProgress(args, index, points.length, outcome);
    const point = { number: wanted, when };
    args = await prepare();
    let at = await killedAt(point, args, app);
    // How often something is looked at differs from run to run: one that was over before is killed earlier.
    for (; !at && point.number > 1; at = await killedAt(point, args, app)) {
      point.number = Math.floor(point.number * 0.7);
      args = await prepare();
    }
    if (!at) continue;
    outcome.tried++;
    const again = await cli(args, direct);
    const now = await place.take();
    const touched = differences(foreign, now.foreign);
    outcome.foreignTouched += touched.length;
    const different = [
      ...differences(expected, now.own),
      ...now.unrecorded,
      ...(row.empties ? now.locks : []),
    ];
    if (again.code === 0 && different.length === 0) outcome.converged++;
    else
      outcome.failures.push(
        `${point.when} request ${point.number} (${at}): ends with ${again.code}, differs in ${different.join(', ')}\n${again.stderr}`,
      );
  }
  return outcome;
}

/** Every point takes the better part of an hour; whoever waits, or has to stop, learns how far it came. */
function tellProgress(
  args: readonly string[],
  index: number,
  of: number,
  { writes: first, tried, converged, foreignTouched, failures }: Outcome,
): void {
  const counts = `${tried} tried, ${converged} converged, ${foreignTouched} foreign objects touched`;
  console.info(
    `${args.join(' ')}: ${index} of ${of} points, its ${first} writes first: ${counts}`,
    ...failures.slice(-1),
  );
}

function pointsOf(requests: readonly string[], { always }: Row): Point[] {
  const numbers = requests.map((_, index) => index + 1);
  const both = (number: number): Point[] => [
    { number, when: 'before' },
    { number, when: 'after' },
  ];
  const isWrite = (number: number) => writes.test(requests[number - 1]!);
  const written = numbers.filter(isWrite);
  const others = numbers.filter((number) => !isWrite(number));
  // What a run that has to stop has tried by then is what matters most.
  if (long) return [...written, ...others].flatMap(both);
  const random = randomNumbers(seed);
  const chosen = [...spread(written, share.writes), ...spread(others, share.others)];
  const deadly = numbers.filter((number) => always?.test(requests[number - 1]!));
  return [
    ...chosen.map((number) => both(number)[random() < 0.5 ? 0 : 1]!),
    ...deadly.map((number) => both(number)[1]!),
  ];
}

/** The requests of a run that nothing disturbs. */
async function runAndCount(args: readonly string[], app: CliApp): Promise<string[]> {
  const proxy = await faultProxy(undefined, { tls: true });
  try {
    const run = await app.run({ cluster: clusterAt(proxy) });
    const { code, stderr } = await cli(args, run);
    if (code !== 0) throw new Error(`the run in peace ends with ${code}\n${stderr}`);
    return proxy.seen;
  } finally {
    await proxy.close();
  }
}

/** The request that the run died at; undefined when it had fewer. */
async function killedAt(
  { number, when }: Point,
  args: readonly string[],
  app: CliApp,
): Promise<string | undefined> {
  let died: string | undefined;
  const proxy = await faultProxy(
    (count, line) => {
      if (count !== number) return undefined;
      const kill = async () => {
        died = line;
        child.kill('SIGKILL');
        await ended;
      };
      return when === 'before' ? { before: kill } : { after: kill };
    },
    { tls: true },
  );
  const { child } = startCli(args, await app.run({ cluster: clusterAt(proxy) }));
  const ended = once(child, 'close');
  try {
    await ended;
    return died;
  } finally {
    await proxy.close();
  }
}

export function clusterAt({ url, authority }: { url: string; authority?: string }): Record<string, unknown> {
  return { server: url, 'certificate-authority-data': authority };
}

/** Ids of what differs between two of a snapshot's parts. */
export function differences(expected: Snapshot['own'], actual: Snapshot['own']): string[] {
  const ids = new Set([...Object.keys(expected), ...Object.keys(actual)]);
  return [...ids].filter((id) => JSON.stringify(expected[id]) !== JSON.stringify(actual[id]));
}

import { delay } from '../../../core/duration.ts';
import type { LogLine } from '../../target.ts';
import type { Cluster } from '../cluster.ts';
import { type LogPosition, readLog } from './container-log-stream.ts';
import { lineQueue } from './line-queue.ts';
import { type ContainerRun, type LogSource, logSources } from './log-sources.ts';

/** Milliseconds between looks for pods that have come and containers that have started again. */
const lookEvery = 1000;

/** One container, whose instances are read one after the other. */
interface Follower {
  position: LogPosition;
  /** Instances whose end has been read. */
  finished: Set<string>;
  reading: boolean;
}

/** What the containers write after what was read at the first look; pods come, go and start anew meanwhile. */
export async function* followLogs(
  services: readonly string[],
  { sources, positions }: { sources: readonly LogSource[]; positions: ReadonlyMap<string, LogPosition> },
  cluster: Cluster,
  outer: AbortSignal,
): AsyncGenerator<LogLine> {
  // A reader that stops early stops the streams too.
  const stop = new AbortController();
  const signal = AbortSignal.any([outer, stop.signal]);
  const queue = lineQueue<LogLine>(signal);
  const followers = new Map<string, Follower>();
  for (const { key, runs } of sources) {
    // What had ended before is the past.
    const finished = new Set(runs.filter(({ previous }) => previous).map(({ id }) => id));
    followers.set(key, { position: positions.get(key)!, finished, reading: false });
  }

  const read = async (source: LogSource, follower: Follower, runs: readonly ContainerRun[]) => {
    const { service, instance } = source;
    follower.reading = true;
    for (const { id, ended, previous } of runs) {
      await readLog(source, { follow: !ended, previous }, follower.position, cluster, signal, ({ text }) =>
        queue.add({ service, instance, text }),
      );
      // Whether a stream that ended was whole, only the instance's own end tells: the next look reads on otherwise.
      if (ended) follower.finished.add(id);
    }
    follower.reading = false;
  };
  const look = (source: LogSource) => {
    const known = followers.get(source.key);
    const follower = known ?? { position: { last: '' }, finished: new Set<string>(), reading: false };
    followers.set(source.key, follower);
    const runs = source.runs.filter(({ id }) => !follower.finished.has(id));
    if (!follower.reading && runs.length > 0) read(source, follower, runs).catch(queue.fail);
  };
  const watch = async () => {
    sources.forEach(look);
    while (!signal.aborted) {
      await delay(lookEvery, signal);
      (await logSources(services, cluster, signal)).forEach(look);
    }
  };
  watch().catch(queue.fail);
  try {
    yield* queue.lines();
  } finally {
    stop.abort();
  }
}

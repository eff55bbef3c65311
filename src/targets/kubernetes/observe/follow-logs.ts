import { setMaxListeners } from 'node:events';
import type { KubernetesObject } from '../../../core/kubernetes-object.ts';
import type { Pod } from '../../../status/pod.ts';
import type { LogLine } from '../../target.ts';
import type { Cluster } from '../cluster.ts';
import { createLiveObjects } from '../live/live-objects.ts';
import { podSelection } from '../live/selections.ts';
import { type LogPosition, readLog } from './container-log-stream.ts';
import { lineQueue } from './line-queue.ts';
import { type ContainerRun, type LogSource, logSources } from './log-sources.ts';
import { isPodOf, listWorkloads, type Workload, withPods } from './own-workloads.ts';

/** Milliseconds between looks for workloads that have come; and for pods, where they cannot be watched. */
const lookEvery = 1000;

/** One container, whose instances are read one after the other. */
interface Follower {
  position: LogPosition;
  /** Instances whose end has been read. */
  finished: Set<string>;
  reading: boolean;
}

/** The workloads, their containers, and how far each was read. */
export interface FirstLook {
  there: readonly Workload[];
  sources: readonly LogSource[];
  positions: ReadonlyMap<string, LogPosition>;
}

/** What the containers write after what was read at the first look; pods come, go and start anew meanwhile. */
export async function* followLogs(
  services: readonly string[],
  { there, sources, positions }: FirstLook,
  cluster: Cluster,
  outer: AbortSignal,
): AsyncGenerator<LogLine> {
  // A reader that stops early stops the streams too.
  const stop = new AbortController();
  const signal = AbortSignal.any([outer, stop.signal]);
  setMaxListeners(0, signal); // every stream and every look listens to it
  const queue = lineQueue<LogLine>(signal);
  const live = createLiveObjects(cluster);
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
      const how = { follow: !ended, previous };
      const found = await readLog(source, how, follower.position, cluster, signal, ({ text }) =>
        queue.add({ service, instance, text }),
      );
      // Whether a stream that ended was whole, only the instance's own end tells: the next look reads on otherwise.
      if (ended && found) follower.finished.add(id);
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
    let workloads = there;
    let listed = performance.now();
    // Of the instances that have ended the node keeps only the last one's log: a look now and then comes too late for some.
    const pods = {
      key: 'pods',
      selections: [podSelection(cluster.namespace)],
      concerns: (pod: KubernetesObject) => workloads.some(({ object }) => isPodOf(object, pod as Pod)),
    };
    while (!signal.aborted) {
      await live.news(pods, lookEvery, signal);
      if (performance.now() - listed > lookEvery) {
        workloads = await listWorkloads(services, cluster, signal);
        listed = performance.now();
      }
      const present = (await live.all(podSelection(cluster.namespace), signal)) as Pod[];
      logSources(withPods(workloads, present), cluster.namespace).forEach(look);
    }
  };
  watch().catch(queue.fail);
  try {
    yield* queue.lines();
  } finally {
    stop.abort();
    live.close();
  }
}

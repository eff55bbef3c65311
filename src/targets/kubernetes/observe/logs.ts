import { delay } from '../../../core/duration.ts';
import { notDeployed } from '../../../core/not-deployed.ts';
import type { Pod } from '../../../status/pod.ts';
import type { LogLine, LogOptions } from '../../target.ts';
import type { Cluster } from '../cluster.ts';
import { podsPath } from '../rollout/pods-of.ts';
import { type LogSource, readLog, type StampedLine } from './container-log-stream.ts';
import { lineQueue } from './line-queue.ts';
import { ownWorkloads } from './own-workloads.ts';

/** Milliseconds between looks for pods that have come. */
const lookEvery = 1000;

/** What the pods of the services write. Without `follow`: what they have written, in the order of time. Throws E_NOT_DEPLOYED (4). */
export async function* appLogs(
  services: readonly string[],
  options: LogOptions,
  cluster: Cluster,
  signal: AbortSignal,
): AsyncGenerator<LogLine> {
  const there = await ownWorkloads(services, cluster, signal);
  if (there.length === 0) throw notDeployed(services, cluster.scope);
  if (options.follow) yield* followed(services, options, cluster, signal);
  else yield* written(services, options, cluster, signal);
}

async function* written(
  services: readonly string[],
  { tail }: LogOptions,
  cluster: Cluster,
  signal: AbortSignal,
): AsyncGenerator<LogLine> {
  const lines: (StampedLine & { source: LogSource })[] = [];
  const sources = await logSources(services, cluster, signal);
  await Promise.all(
    sources.map((source) =>
      readLog(source, { tail, follow: false }, cluster, signal, (line) => lines.push({ ...line, source })),
    ),
  );
  lines.sort((a, b) => (a.time < b.time ? -1 : a.time > b.time ? 1 : 0));
  for (const { text, source } of lines) yield { service: source.service, instance: source.instance, text };
}

/** Pods come, go and start anew: each container instance is followed from when it is first seen. */
async function* followed(
  services: readonly string[],
  { tail }: LogOptions,
  cluster: Cluster,
  outer: AbortSignal,
): AsyncGenerator<LogLine> {
  // A reader that stops early stops the streams too.
  const stop = new AbortController();
  const signal = AbortSignal.any([outer, stop.signal]);
  const queue = lineQueue<LogLine>(signal);
  const known = new Set<string>();
  const watch = async () => {
    for (let looks = 0; !signal.aborted; looks++) {
      for (const source of await logSources(services, cluster, signal)) {
        if (known.has(source.key)) continue;
        known.add(source.key);
        // What was there at the first look has a past; what comes later is wanted whole.
        const from = looks === 0 ? { tail, follow: true } : { follow: true };
        const { service, instance } = source;
        readLog(source, from, cluster, signal, ({ text }) => queue.add({ service, instance, text })).catch(
          queue.fail,
        );
      }
      await delay(lookEvery, signal);
    }
  };
  watch().catch(queue.fail);
  try {
    yield* queue.lines();
  } finally {
    stop.abort();
  }
}

/** Every container instance of the services that has started. */
async function logSources(
  services: readonly string[],
  cluster: Cluster,
  signal: AbortSignal,
): Promise<LogSource[]> {
  const workloads = await ownWorkloads(services, cluster, signal);
  const sources = workloads.flatMap(({ service, pods }) =>
    pods.flatMap((pod) => sourcesIn(pod, service, cluster.namespace)),
  );
  const unique = new Map(sources.map((source) => [source.key, source]));
  return [...unique.values()].sort((a, b) => (a.key < b.key ? -1 : 1));
}

function sourcesIn(pod: Pod, service: string, namespace: string): LogSource[] {
  const { metadata, status = {} } = pod;
  const all = status.containerStatuses ?? [];
  const main = all.find(({ name }) => name === service) ?? all[0];
  return all
    .filter(({ state, containerID }) => containerID && (state?.running ?? state?.terminated))
    .map(({ name, containerID }) => ({
      service,
      instance: name === main?.name ? metadata.name : `${metadata.name}/${name}`,
      key: `${metadata.name} ${name} ${containerID}`,
      path: `${podsPath(namespace)}/${encodeURIComponent(metadata.name)}/log`,
      container: name,
    }));
}

import type { LogLine, LogOptions } from '../../target.ts';
import type { Cluster } from '../cluster.ts';
import { type LogPosition, readLog, type StampedLine } from './container-log-stream.ts';
import { followLogs } from './follow-logs.ts';
import { type LogSource, logSources } from './log-sources.ts';
import { ownWorkloads } from './own-workloads.ts';
import { noWorkloads } from './quiet-services.ts';

/** What the pods of the services have written, in the order of time; with `follow` also what they go on to write. Throws E_NOT_DEPLOYED, E_NO_WORKLOADS (4). */
export async function* appLogs(
  services: readonly string[],
  { follow, tail }: LogOptions,
  cluster: Cluster,
  signal: AbortSignal,
): AsyncGenerator<LogLine> {
  const there = await ownWorkloads(services, cluster, signal);
  if (there.length === 0) throw await noWorkloads(services, 'nothing that writes logs', cluster);
  const sources = logSources(there, cluster.namespace);
  const positions = new Map<string, LogPosition>();
  const lines: (StampedLine & { source: LogSource })[] = [];
  await Promise.all(
    sources.map((source) => {
      const position = { last: '' };
      positions.set(source.key, position);
      // Following begins where this ends, so that nothing is missed and nothing comes twice; hence one line even of none.
      const wanted = { follow: false, tail: Math.max(1, tail) };
      return readLog(source, wanted, position, cluster, signal, (line) => {
        if (tail > 0) lines.push({ ...line, source });
      });
    }),
  );
  lines.sort((a, b) => (a.time < b.time ? -1 : a.time > b.time ? 1 : 0));
  for (const { text, source } of lines) yield { service: source.service, instance: source.instance, text };
  if (follow) yield* followLogs(services, { there, sources, positions }, cluster, signal);
}

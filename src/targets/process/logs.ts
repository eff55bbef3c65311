import { existsSync } from 'node:fs';
import { delay } from '../../core/duration.ts';
import { notDeployed } from '../../core/not-deployed.ts';
import type { LogLine, LogOptions, Scope } from '../target.ts';
import { readLog, tailStart } from './log-reader.ts';
import { knownServices, type StatePaths } from './state-files.ts';

const pause = 200;

/** The services' output, oldest first within each; with `follow` until the signal. Throws E_NOT_DEPLOYED (4) when none of them is there. */
export async function* processLogs(
  services: readonly string[],
  { follow, tail }: LogOptions,
  signal: AbortSignal,
  scope: Scope,
  paths: StatePaths,
): AsyncGenerator<LogLine> {
  const known = new Set(knownServices(paths));
  if (!services.some((service) => known.has(service))) throw notDeployed(services, scope);
  const streams = services.map((service) => ({ service, ...openLog(paths.log(service), tail) }));
  for (const { service, earlier, reader } of streams) {
    for (const text of [...earlier, ...reader.next()]) yield { service, instance: service, text };
    const rest = follow ? '' : reader.rest();
    if (rest) yield { service, instance: service, text: rest };
  }
  while (follow && !signal.aborted) {
    await delay(pause, signal).catch(() => undefined);
    for (const { service, reader } of streams)
      for (const text of reader.next()) yield { service, instance: service, text };
  }
}

/** A reader that begins with the last `tail` lines, and those of them that are in the log kept from before. */
function openLog(log: string, tail: number) {
  const { start, short } = tailStart(log, tail);
  const kept = `${log}.1`;
  const earlier: string[] = [];
  if (short > 0 && existsSync(kept)) {
    const reader = readLog(kept, tailStart(kept, short).start);
    earlier.push(...reader.next());
    if (reader.rest()) earlier.push(reader.rest());
  }
  return { earlier, reader: readLog(log, start) };
}

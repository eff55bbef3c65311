import { notDeployed } from '../../core/not-deployed.ts';
import type { LogLine, LogOptions } from '../target.ts';
import { readContainerLog, type TimedLine } from './container-log.ts';
import { followLogs } from './follow-logs.ts';
import type { DockerPlace } from './names.ts';
import { nameOf, observeContainers, serviceOf } from './observe.ts';

export interface LoggedContainer {
  id: string;
  service: string;
  name: string;
}

/** The services' output in the order of time; with `follow` on through restarts and replacements, until the signal. Throws E_NOT_DEPLOYED (4). */
export async function* dockerLogs(
  services: readonly string[],
  { follow, tail }: LogOptions,
  signal: AbortSignal,
  place: DockerPlace,
): AsyncGenerator<LogLine> {
  const containers = await loggedContainers(services, place);
  if (containers.length === 0) throw notDeployed(services, place);
  // What follows begins where this ends, so that nothing is missed and nothing comes twice; hence one line even of none.
  const seen = new Map<string, string>();
  const earlier: { container: LoggedContainer; line: TimedLine }[] = [];
  for (const container of containers) {
    for await (const line of readContainerLog(place, container.id, {
      follow: false,
      tail: Math.max(1, tail),
      signal,
    })) {
      if (tail > 0) earlier.push({ container, line });
      seen.set(container.id, line.time);
    }
  }
  earlier.sort((a, b) => (a.line.time < b.line.time ? -1 : a.line.time > b.line.time ? 1 : 0));
  for (const { container, line } of earlier)
    yield { service: container.service, instance: container.name, text: line.text };
  if (follow && !signal.aborted) yield* followLogs(services, seen, signal, place);
}

export async function loggedContainers(
  services: readonly string[],
  place: DockerPlace,
): Promise<LoggedContainer[]> {
  const containers = await observeContainers(place);
  return containers
    .map((container) => ({ id: container.Id, service: serviceOf(container)!, name: nameOf(container) }))
    .filter(({ service }) => services.includes(service));
}

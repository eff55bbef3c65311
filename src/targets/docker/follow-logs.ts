import { delay } from '../../core/duration.ts';
import type { LogLine } from '../target.ts';
import { readContainerLog } from './container-log.ts';
import { type LoggedContainer, loggedContainers } from './logs.ts';
import type { DockerPlace } from './names.ts';

const pause = 500;

/**
 * Reads the logs of all containers of the services at once, looking for new ones all the time. A log ends with each stop of its
 * container and is then read on from the last line. `seen`: time of the last line known, by container id.
 */
export async function* followLogs(
  services: readonly string[],
  seen: Map<string, string>,
  signal: AbortSignal,
  place: DockerPlace,
): AsyncGenerator<LogLine> {
  const lines: LogLine[] = [];
  const readers = new Map<string, Promise<void>>();
  let failure: unknown;
  let wake = () => {};
  const stop = new AbortController();
  const both = AbortSignal.any([signal, stop.signal]);

  const read = async ({ id, service, name }: LoggedContainer) => {
    for await (const { time, text } of readContainerLog(place, id, {
      follow: true,
      tail: 'all',
      after: seen.get(id),
      signal: both,
    })) {
      seen.set(id, time);
      lines.push({ service, instance: name, text });
      wake();
    }
  };
  const watch = async () => {
    while (!both.aborted) {
      for (const container of await loggedContainers(services, place)) {
        if (readers.has(container.id)) continue;
        readers.set(
          container.id,
          read(container)
            .catch(fail)
            .finally(() => readers.delete(container.id)),
        );
      }
      await delay(pause, both).catch(() => undefined);
    }
  };
  const fail = (error: unknown) => {
    if (both.aborted) return;
    failure ??= error;
    wake();
  };

  both.addEventListener('abort', () => wake(), { once: true });
  const watching = watch().catch(fail);
  try {
    while (!both.aborted && failure === undefined) {
      yield* lines.splice(0);
      if (lines.length > 0 || both.aborted || failure !== undefined) continue;
      await new Promise<void>((woken) => {
        wake = woken;
      });
    }
    yield* lines.splice(0);
    if (failure !== undefined) throw failure;
  } finally {
    stop.abort();
    await Promise.all([watching, ...readers.values()]);
  }
}

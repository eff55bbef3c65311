import { delay } from '../../../core/duration.ts';
import type { KubernetesObject } from '../../../core/kubernetes-object.ts';
import type { ApiClient } from '../api/api-client.ts';
import { ApiError, isForbidden } from '../api/api-error.ts';
import { listAt } from '../api/lists.ts';
import { type Selection, VersionExpired, watchStream } from './watch-stream.ts';

/** Objects of one kind in one place, as they are now: listed, then watched as long as somebody listens. */
export interface Collection {
  /** What there is; undefined when we may not list it. */
  read(signal: AbortSignal): Promise<Contents | undefined>;
  /** Calls back for each object that changes or goes; returns what ends it. */
  listen(listener: (object: KubernetesObject) => void): () => void;
}

export interface Contents {
  /** By name. */
  objects: ReadonlyMap<string, KubernetesObject>;
  /** Of the whole collection. */
  version: string;
}

/** Milliseconds. */
export interface CollectionTimes {
  /** What is not watched is listed again after this. */
  fresh: number;
  /** A watch that has been silent for this long is not trusted: it may be half open. Longer as long as it proves to be right. */
  silence: number;
  longestSilence: number;
  /** For a list, before its connection is given up. */
  answer: number;
}

const usualTimes: CollectionTimes = { fresh: 400, silence: 2000, longestSilence: 8000, answer: 4000 };
const firstPause = 100;
const longestPause = 2000;

export function createCollection(
  api: ApiClient,
  selection: Selection,
  closed: AbortSignal,
  times = usualTimes,
): Collection {
  const listeners = new Set<(object: KubernetesObject) => void>();
  let known: { objects: Map<string, KubernetesObject>; version: string; at: number } | undefined;
  let listing: Promise<boolean> | undefined;
  /** Why the last list failed, for good. */
  let trouble: unknown;
  let listable = true;
  let watchable = true;
  /** Its events keep what is known up to date. */
  let watched = false;
  let running = false;

  const tell = (object: KubernetesObject) => {
    for (const listener of listeners) listener(object);
  };
  /** Returns whether anything had changed. One list at a time: an older one must not replace what a watch has told since. */
  const list = (): Promise<boolean> => {
    listing ??= listOnce().finally(() => {
      listing = undefined;
    });
    return listing;
  };
  const listOnce = async (): Promise<boolean> => {
    const { items, version } = await listAt(api, selection.path, selection, {
      ...selection,
      signal: closed,
      timeout: times.answer,
    });
    trouble = undefined;
    const before = known?.objects ?? new Map<string, KubernetesObject>();
    const objects = new Map(items.map((object) => [object.metadata.name, object]));
    known = { objects, version, at: performance.now() };
    const gone = [...before].filter(([name]) => !objects.has(name)).map(([, object]) => object);
    const news = items.filter((object) => versionOf(before.get(object.metadata.name)) !== versionOf(object));
    for (const object of [...gone, ...news]) tell(object);
    return gone.length + news.length > 0;
  };
  /** Until the server ends it, something is wrong, or it has been silent for too long. */
  const watch = async (silence: number): Promise<'ended' | 'silent'> => {
    const quiet = new AbortController();
    let timer: NodeJS.Timeout | undefined;
    const onBytes = () => {
      clearTimeout(timer);
      timer = setTimeout(() => quiet.abort(), silence);
    };
    onBytes();
    watched = true;
    try {
      await watchStream(api, selection, known!.version, {
        signal: AbortSignal.any([closed, quiet.signal]),
        onBytes,
        onEvent({ type, object }) {
          known!.version = versionOf(object) ?? known!.version;
          if (type === 'BOOKMARK') return;
          if (type === 'DELETED') known!.objects.delete(object.metadata.name);
          else known!.objects.set(object.metadata.name, object);
          tell(object);
        },
      });
      return 'ended';
    } catch (error) {
      if (quiet.signal.aborted && !closed.aborted) return 'silent';
      throw error;
    } finally {
      clearTimeout(timer);
    }
  };
  const keepUp = async () => {
    let { silence } = times;
    let pause = firstPause;
    let current = isFresh();
    while (listeners.size > 0 && !closed.aborted && listable && watchable) {
      const began = performance.now();
      try {
        if (!current) {
          const missed = await list().catch((error: unknown) => {
            if (isRefused(error)) listable = false;
            else trouble = error;
            throw error;
          });
          // Silence that hid something was no quiet.
          silence = missed ? times.silence : Math.min(times.longestSilence, silence * 2);
        }
        current = (await watch(silence)) === 'ended';
        pause = firstPause;
      } catch (error) {
        if (closed.aborted) return;
        current = false;
        if (listable && isRefused(error)) watchable = false;
        if (!(error instanceof VersionExpired)) pause = Math.min(longestPause, pause * 2);
      }
      // Something between us and the server may end every stream at once.
      if (performance.now() - began < pause) await delay(pause, closed);
    }
  };
  const isFresh = () => known !== undefined && performance.now() - known.at < times.fresh;
  const run = () => {
    if (running) return;
    running = true;
    keepUp()
      .catch(() => undefined)
      .finally(() => {
        running = false;
        watched = false;
      });
  };

  return {
    async read(signal) {
      if (watched && trouble) throw trouble;
      if (!watched && !isFresh() && listable) {
        try {
          await unlessAborted(list(), signal);
        } catch (error) {
          if (!isRefused(error)) throw error;
          listable = false;
        }
      }
      return listable ? known : undefined;
    },
    listen(listener) {
      listeners.add(listener);
      run();
      return () => void listeners.delete(listener);
    },
  };
}

export function versionOf(object: KubernetesObject | undefined): string | undefined {
  return object?.metadata.resourceVersion as string | undefined;
}

/** Nor can a kind be watched that its server does not let be watched, or list what it does not list. */
function isRefused(error: unknown): boolean {
  return isForbidden(error) || (error instanceof ApiError && [403, 404, 405].includes(error.status));
}

function unlessAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  // Whoever ended this may have ended that too, and then nobody waits for it.
  promise.catch(() => undefined);
  if (signal.aborted) return Promise.reject(signal.reason);
  return new Promise((resolve, reject) => {
    const onAbort = () => reject(signal.reason);
    signal.addEventListener('abort', onAbort, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', onAbort));
  });
}

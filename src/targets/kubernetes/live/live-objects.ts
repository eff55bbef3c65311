import { setMaxListeners } from 'node:events';
import { delay } from '../../../core/duration.ts';
import type { KubernetesObject } from '../../../core/kubernetes-object.ts';
import { listAll } from '../api/lists.ts';
import { type Cluster, getObject } from '../cluster.ts';
import { type Collection, createCollection, versionOf } from './collection.ts';
import type { Selection } from './watch-stream.ts';

/** Objects of the cluster as they are now: by one watch for each kind and place, and by asking where we may not watch. */
export interface LiveObjects {
  /** Undefined when it is gone. `written` is what a write of ours was answered with: nothing older is believed. */
  find(
    path: string,
    among: Selection,
    written: KubernetesObject | undefined,
    signal: AbortSignal,
  ): Promise<KubernetesObject | undefined>;
  all(selection: Selection, signal: AbortSignal): Promise<readonly KubernetesObject[]>;
  /** Resolves after `ms`, or as soon as something changes that the interest is about, since its last news. */
  news(interest: Interest, ms: number, signal: AbortSignal): Promise<void>;
  close(): void;
}

export interface Interest {
  key: string;
  selections: readonly Selection[];
  concerns: (object: KubernetesObject) => boolean;
}

export function createLiveObjects(cluster: Pick<Cluster, 'api'>): LiveObjects {
  const { api } = cluster;
  const closed = new AbortController();
  setMaxListeners(0, closed.signal);
  const collections = new Map<string, Collection>();
  const followed = new Map<string, { news: boolean; wake: () => void }>();

  const collectionOf = (selection: Selection): Collection => {
    const key = JSON.stringify(selection);
    const known = collections.get(key) ?? createCollection(api, selection, closed.signal);
    collections.set(key, known);
    return known;
  };
  const follow = ({ selections, concerns }: Interest) => {
    const one = { news: false, wake: () => {} };
    for (const selection of selections) {
      collectionOf(selection).listen((object) => {
        if (!concerns(object)) return;
        one.news = true;
        one.wake();
      });
    }
    return one;
  };

  return {
    async find(path, among, written, signal) {
      const contents = await collectionOf(among).read(signal);
      if (!contents) return newer(await getObject(cluster, path, signal), written);
      const found = contents.objects.get(decodeURIComponent(path.slice(path.lastIndexOf('/') + 1)));
      if (found) return newer(found, written);
      if (isOlder(contents.version, versionOf(written))) return written;
      // It may also have lost the label that it is selected by.
      return getObject(cluster, path, signal);
    },
    async all(selection, signal) {
      const contents = await collectionOf(selection).read(signal);
      if (contents) return [...contents.objects.values()];
      return listAll(api, selection.path, selection, { ...selection, signal });
    },
    async news(interest, ms, signal) {
      const one = followed.get(interest.key) ?? follow(interest);
      followed.set(interest.key, one);
      if (!one.news) {
        const woken = new AbortController();
        one.wake = () => woken.abort();
        const stop = () => woken.abort();
        signal.addEventListener('abort', stop, { once: true });
        await delay(ms, woken.signal).catch(() => undefined);
        signal.removeEventListener('abort', stop);
      }
      signal.throwIfAborted();
      one.news = false;
    },
    close: () => closed.abort(),
  };
}

/** A server behind others may answer with what was before our write. */
function newer(
  found: KubernetesObject | undefined,
  written: KubernetesObject | undefined,
): KubernetesObject | undefined {
  return found && written && isOlder(versionOf(found), versionOf(written)) ? written : found;
}

/** Versions of etcd are counted; of others that are not, nothing is known. */
function isOlder(version: string | undefined, than: string | undefined): boolean {
  return Number(version) < Number(than);
}

import type { KubernetesObject } from '../../../core/kubernetes-object.ts';
import { plainText } from '../../../core/terminal-text.ts';
import { listAll } from '../api/lists.ts';
import type { Cluster } from '../cluster.ts';

export interface ObjectEvent {
  type: string;
  reason: string;
  message: string;
  count: number;
  /** RFC 3339. */
  last: string;
}

/** What the cluster noted about one object, oldest first. Empty where we may not see events. */
export async function eventsOf(
  { metadata }: KubernetesObject,
  { api, namespace }: Pick<Cluster, 'api' | 'namespace'>,
  signal?: AbortSignal,
): Promise<ObjectEvent[]> {
  const path = `/api/v1/namespaces/${encodeURIComponent(namespace)}/events`;
  const fieldSelector = `involvedObject.uid=${metadata.uid as string}`;
  const kind = { apiVersion: 'v1', kind: 'Event' };
  const found = await listAll(api, path, kind, { fieldSelector, signal }).catch((error: unknown) => {
    if (signal?.aborted) throw error;
    return [];
  });
  return found
    .map((event) => event as unknown as RawEvent)
    .map((event) => ({
      type: event.type ?? '',
      reason: event.reason ?? '',
      message: plainText(event.message ?? '').trim(),
      count: event.series?.count ?? event.count ?? 1,
      last: event.series?.lastObservedTime ?? event.lastTimestamp ?? event.eventTime ?? '',
    }))
    .sort((a, b) => (a.last < b.last ? -1 : a.last > b.last ? 1 : 0));
}

interface RawEvent {
  type?: string;
  reason?: string;
  message?: string;
  count?: number;
  series?: { count?: number; lastObservedTime?: string };
  lastTimestamp?: string;
  eventTime?: string;
}

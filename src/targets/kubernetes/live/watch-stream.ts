import type { KubernetesObject } from '../../../core/kubernetes-object.ts';
import type { ApiClient } from '../api/api-client.ts';
import { ApiError } from '../api/api-error.ts';

export interface WatchEvent {
  type: 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK';
  object: KubernetesObject;
}

/** Which objects: a collection's path, and which of its members. */
export interface Selection {
  path: string;
  apiVersion: string;
  kind: string;
  labelSelector?: string;
  fieldSelector?: string;
  /** Only `metadata` of each object. */
  metadataOnly?: boolean;
}

/** The server no longer knows what has changed since the version that was asked for. */
export class VersionExpired extends Error {}

/** Seconds after which the server itself ends a stream. */
const longest = 60;
const metadataObject = 'application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1';

/**
 * Calls back for what changes after `version`, until the server ends the stream. Throws VersionExpired, or what went wrong. `onBytes`
 * is called whenever anything comes, so that a silent stream can be told from a quiet one.
 */
export async function watchStream(
  api: ApiClient,
  selection: Selection,
  version: string,
  { signal, onBytes, onEvent }: { signal: AbortSignal; onBytes(): void; onEvent(event: WatchEvent): void },
): Promise<void> {
  const { path, apiVersion, kind, labelSelector, fieldSelector, metadataOnly } = selection;
  const stop = new AbortController();
  let rest = '';
  const take = (line: string) => {
    const event = parsed(line);
    if (event.type === 'ERROR') throw errorIn(event.object);
    onEvent({ ...event, object: { ...event.object, apiVersion, kind } } as WatchEvent);
  };
  const onData = (text: string) => {
    onBytes();
    const lines = (rest + text).split('\n');
    rest = lines.pop()!;
    try {
      for (const line of lines) if (line.trim()) take(line);
    } catch (error) {
      stop.abort(error);
    }
  };
  const query = {
    watch: 'true',
    resourceVersion: version,
    allowWatchBookmarks: 'true',
    timeoutSeconds: String(longest),
    labelSelector,
    fieldSelector,
  };
  try {
    await api.text({
      path,
      query,
      accept: metadataOnly ? metadataObject : undefined,
      signal: AbortSignal.any([signal, stop.signal]),
      onData,
    });
  } catch (error) {
    if (error instanceof ApiError && error.status === 410) throw new VersionExpired(error.message);
    throw error;
  }
}

function parsed(line: string): { type: string; object: KubernetesObject } {
  const event: unknown = JSON.parse(line);
  const { type, object } = event as { type?: unknown; object?: { metadata?: unknown } };
  if (typeof type !== 'string' || typeof object !== 'object' || object === null)
    throw new Error('a line of a watch is no event');
  return event as { type: string; object: KubernetesObject };
}

function errorIn(status: object): Error {
  const error = new ApiError((status as { code?: number }).code ?? 500, JSON.stringify(status));
  return error.status === 410 ? new VersionExpired(error.message) : error;
}

import type { KubernetesObject } from '../../../core/kubernetes-object.ts';
import type { ApiClient } from './api-client.ts';

export interface ListQuery {
  labelSelector?: string;
  fieldSelector?: string;
  /** Only `metadata` of each object. */
  metadataOnly?: boolean;
  signal?: AbortSignal;
  /** Milliseconds for one answer, where the usual time is too long. */
  timeout?: number;
}

const pageSize = 500;
const metadataList = 'application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1';

/** All objects of a collection, page by page. */
export async function listAll(
  api: ApiClient,
  path: string,
  kind: { apiVersion: string; kind: string },
  query: ListQuery = {},
): Promise<KubernetesObject[]> {
  return (await listAt(api, path, kind, query)).items;
}

/** As `listAll`, with the version of the collection that a watch can go on from. */
export async function listAt(
  api: ApiClient,
  path: string,
  { apiVersion, kind }: { apiVersion: string; kind: string },
  { labelSelector, fieldSelector, metadataOnly, signal, timeout }: ListQuery = {},
): Promise<{ items: KubernetesObject[]; version: string }> {
  const items: KubernetesObject[] = [];
  let next: string | undefined;
  for (;;) {
    const { value } = await api.request<{
      items?: KubernetesObject[];
      metadata: { continue?: string; resourceVersion?: string };
    }>({
      path,
      query: { labelSelector, fieldSelector, limit: String(pageSize), continue: next },
      accept: metadataOnly ? metadataList : undefined,
      signal,
      timeout,
    });
    // Items of a list have no kind and version of their own.
    for (const item of value.items ?? []) items.push({ ...item, apiVersion, kind });
    next = value.metadata.continue || undefined;
    if (!next) return { items, version: value.metadata.resourceVersion ?? '' };
  }
}

import type { KubernetesObject } from '../../../core/kubernetes-object.ts';
import type { ApiClient } from './api-client.ts';

export interface ListQuery {
  labelSelector?: string;
  fieldSelector?: string;
  /** Only `metadata` of each object. */
  metadataOnly?: boolean;
  signal?: AbortSignal;
}

const pageSize = 500;
const metadataList = 'application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1';

/** All objects of a collection, page by page. Items of a list have no kind and version of their own: they get the given ones. */
export async function listAll(
  api: ApiClient,
  path: string,
  { apiVersion, kind }: { apiVersion: string; kind: string },
  { labelSelector, fieldSelector, metadataOnly, signal }: ListQuery = {},
): Promise<KubernetesObject[]> {
  const items: KubernetesObject[] = [];
  let next: string | undefined;
  do {
    const { value } = await api.request<{ items?: KubernetesObject[]; metadata: { continue?: string } }>({
      path,
      query: { labelSelector, fieldSelector, limit: String(pageSize), continue: next },
      accept: metadataOnly ? metadataList : undefined,
      signal,
    });
    for (const item of value.items ?? []) items.push({ ...item, apiVersion, kind });
    next = value.metadata.continue || undefined;
  } while (next);
  return items;
}

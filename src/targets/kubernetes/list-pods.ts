import type { KubernetesObject } from '../../core/kubernetes-object.ts';
import { listAll } from './api/lists.ts';
import { openApi } from './api/open-api.ts';
import { explained } from './explained.ts';

export interface PodPlace {
  context: string;
  kubeconfig?: string;
  namespaces: readonly string[];
  signal: AbortSignal;
}

/** All pods of the namespaces, whoever made them; reads only. Throws ExpectedError where the cluster cannot be asked. */
export async function listPods({
  context,
  kubeconfig,
  namespaces,
  signal,
}: PodPlace): Promise<KubernetesObject[]> {
  const { api } = openApi({ context, kubeconfig, signal });
  const kind = { apiVersion: 'v1', kind: 'Pod' };
  try {
    const lists = namespaces.map((namespace) =>
      explained({ context, namespace }, () =>
        listAll(api, `/api/v1/namespaces/${namespace}/pods`, kind, { signal }),
      ),
    );
    return (await Promise.all(lists)).flat();
  } finally {
    api.close();
  }
}

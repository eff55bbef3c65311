import type { KubernetesObject } from '../../../../src/core/kubernetes-object.ts';
import { type ApiClient, createApiClient } from '../../../../src/targets/kubernetes/api/api-client.ts';
import { discover, pathOf } from '../../../../src/targets/kubernetes/api/discovery.ts';
import { readAccess } from '../../../../src/targets/kubernetes/api/kubeconfig.ts';
import { lab } from '../../../support/lab.ts';

export function openApi(): ApiClient {
  return createApiClient({ context: lab.context!, access: () => readAccess(lab.context!, lab.kubeconfig) });
}

/** Server-side apply by another manager; kubectl's own would also take over what kubectl applied before. */
export async function applyAs(manager: string, namespace: string, object: KubernetesObject): Promise<void> {
  const api = openApi();
  try {
    const resource = (await discover(api)).find(object)!;
    await api.request({
      method: 'PATCH',
      path: pathOf(resource, namespace, object.metadata.name),
      query: { fieldManager: manager, force: 'true' },
      contentType: 'application/apply-patch+yaml',
      body: object,
    });
  } finally {
    api.close();
  }
}

import { createApiClient } from '../../../../src/targets/kubernetes/api/api-client.ts';
import { readAccess } from '../../../../src/targets/kubernetes/api/kubeconfig.ts';
import { lab } from '../../../support/lab.ts';

/** A pod that no scheduler takes, so that nobody but a test says whether it is ready. */
export function gateManifest(name: string): string {
  return `apiVersion: v1
kind: Pod
metadata: {name: ${name}}
spec: {schedulerName: nobody, containers: [{name: gate, image: "${name}"}]}
`;
}

export interface Gates {
  /** Resolves when the server has stored it; when that was, by `performance.now()`. */
  open(name: string): Promise<number>;
  close(): void;
}

export function gates(namespace: string): Gates {
  const api = createApiClient({
    context: lab.context!,
    access: () => readAccess(lab.context!, lab.kubeconfig),
  });
  return {
    async open(name) {
      await api.request({
        method: 'PATCH',
        path: `/api/v1/namespaces/${namespace}/pods/${name}/status`,
        contentType: 'application/strategic-merge-patch+json',
        body: { status: { phase: 'Running', conditions: [{ type: 'Ready', status: 'True' }] } },
      });
      return performance.now();
    },
    close: () => api.close(),
  };
}

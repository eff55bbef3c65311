import { randomBytes } from 'node:crypto';
import type { KubernetesObject } from '../../../src/core/kubernetes-object.ts';
import { createApiClient } from '../../../src/targets/kubernetes/api/api-client.ts';
import { ApiError } from '../../../src/targets/kubernetes/api/api-error.ts';
import { discover, pathOf } from '../../../src/targets/kubernetes/api/discovery.ts';
import { readAccess } from '../../../src/targets/kubernetes/api/kubeconfig.ts';
import { applyObject } from '../../../src/targets/kubernetes/cluster.ts';
import { lab } from '../../support/lab.ts';
import { kubectl } from '../kubernetes/support/kubectl.ts';

/** The API server's own opinion of objects, by dry runs in a namespace of its own. */
export interface ServerJudge {
  namespace: string;
  /** Whether it has the object's kind, in that version. */
  serves(object: KubernetesObject): boolean;
  /** Whether it drops a field of this path unseen, as one of a feature that is off in its version. */
  drops(path: readonly (string | number)[]): boolean;
  /** Why it refuses the object; undefined when it does not. Nothing is written. */
  refusal(object: KubernetesObject): Promise<string | undefined>;
  close(): Promise<void>;
}

/** The minor version from which on a field counts without a feature gate. */
const sinceMinor = { resizePolicy: 33 };

export async function openServerJudge(labels: Record<string, string> = {}): Promise<ServerJudge> {
  const namespace = `policy-${randomBytes(4).toString('hex')}`;
  const input = JSON.stringify({
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: { name: namespace, labels },
  });
  await kubectl(['apply', '-f', '-'], { input });
  const context = lab.context!;
  const api = createApiClient({ context, access: () => readAccess(context, lab.kubeconfig!) });
  const kinds = await discover(api);
  const { value: version } = await api.request<{ minor: string }>({ path: '/version' });
  const dropped = Object.entries(sinceMinor).filter(
    ([, since]) => Number.parseInt(version.minor, 10) < since,
  );
  return {
    namespace,
    drops: (path) => dropped.some(([field]) => path.includes(field)),
    serves: (object) => kinds.find(object) !== undefined,
    async refusal(object) {
      const resource = kinds.find(object);
      if (!resource) return `no ${object.kind} in ${object.apiVersion}`;
      const path = pathOf(resource, namespace, object.metadata.name);
      try {
        await applyObject({ api }, path, object, { dryRun: true, force: true });
        return undefined;
      } catch (error) {
        if (error instanceof ApiError) return error.message;
        throw error;
      }
    },
    async close() {
      api.close();
      await kubectl(['delete', 'namespace', namespace, '--wait=false']);
    },
  };
}

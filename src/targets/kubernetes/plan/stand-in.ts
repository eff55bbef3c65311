import { randomUUID } from 'node:crypto';
import type { KubernetesObject } from '../../../core/kubernetes-object.ts';
import { applyObject, type Cluster } from '../cluster.ts';

/** What the server would make of the object if it were not there yet: asked under a name that nothing has. Nothing is written. */
export function aloneAt(path: string, object: KubernetesObject, cluster: Cluster): Promise<KubernetesObject> {
  const name = `probe-${randomUUID().slice(0, 8)}`;
  const alone = { ...object, metadata: { ...object.metadata, name } };
  return applyObject(cluster, path.replace(/[^/]+$/, name), alone, { dryRun: true });
}

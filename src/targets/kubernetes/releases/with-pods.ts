import { apiGroup } from '../../../core/kubernetes-object.ts';
import type { Cluster } from '../cluster.ts';
import { descendants, podOwners } from '../plan/plan-removal.ts';
import { podsPath } from '../rollout/pods-of.ts';
import type { Leftover } from './left-behind.ts';

/** The same, with the pods that must go with those that run some. Asks for nothing where none does. */
export async function withPods(leftovers: readonly Leftover[], cluster: Cluster): Promise<Leftover[]> {
  if (!leftovers.some(runsPods)) return [...leftovers];
  const [owners, path] = [await podOwners(cluster), podsPath(cluster.namespace)];
  return leftovers.map((one) => {
    const own = () => descendants(String(one.live.metadata.uid), owners);
    return runsPods(one) ? { ...one, pods: { path, owners: own() } } : one;
  });
}

function runsPods({ live }: Leftover): boolean {
  return ['apps', 'batch'].includes(apiGroup(live));
}

import type { KubernetesObject } from '../../../core/kubernetes-object.ts';
import type { Verdict } from '../../../core/readiness.ts';
import type { Pod } from '../../../status/pod.ts';
import { progressing, ready } from '../../../status/verdicts.ts';
import { type Cluster, getObject } from '../cluster.ts';
import { eventsOf } from './events.ts';
import type { Sightings } from './sightings.ts';

/** Milliseconds after which a volume that only others can give is not waited for. */
const patience = 30_000;
/** After this, what keeps a claim from its volume is looked for in events. */
const silence = 3000;

/** The verdict on a claim that has no volume: it may wait for its first pod, which comes after it, or for somebody who makes one. */
export async function unboundVerdict(
  claim: KubernetesObject,
  verdict: Verdict,
  cluster: Cluster,
  sightings: Sightings,
  signal: AbortSignal,
): Promise<Verdict> {
  if (await bindsAtFirstPod(claim, cluster)) return ready('waits for its first pod');
  const waited = sightings.age(`${claim.metadata.uid} patience`);
  const told = waited >= silence ? await lastTrouble(claim, cluster, signal) : undefined;
  const cause = told ? `: ${told}` : '';
  if (waited < patience) return progressing(`${verdict.reason}${cause}`);
  return { ...ready(verdict.reason), detail: `no volume yet, which is not waited for any longer${cause}` };
}

/** What keeps the claims of a pod from their volumes, a line for each that has none. */
export async function unboundClaims({ spec }: Pod, cluster: Cluster): Promise<string[]> {
  const names = (spec?.volumes ?? []).flatMap(
    ({ persistentVolumeClaim }) => persistentVolumeClaim?.claimName ?? [],
  );
  const lines = await Promise.all(
    names.map(async (name) => {
      const path = `/api/v1/namespaces/${encodeURIComponent(cluster.namespace)}/persistentvolumeclaims/${encodeURIComponent(name)}`;
      const claim = await getObject(cluster, path).catch(() => undefined);
      const { phase } = (claim?.status ?? {}) as { phase?: string };
      if (!claim || phase === 'Bound') return [];
      return `PersistentVolumeClaim/${name}: ${(await lastTrouble(claim, cluster)) ?? 'has no volume'}`;
    }),
  );
  return lines.flat();
}

export function claimHints({ kubectl }: Pick<Cluster, 'kubectl'>): string[] {
  return [
    `name a class of the cluster as spec.storageClassName of the claim: ${kubectl('get storageclass')}`,
    'or make a PersistentVolume that fits it, then deploy again: it continues from here',
  ];
}

/** Events of a claim that say what keeps it from its volume; one of them is called normal. */
export const bindingTroubles: readonly string[] = ['FailedBinding', 'ProvisioningFailed'];

async function lastTrouble(
  claim: KubernetesObject,
  cluster: Cluster,
  signal?: AbortSignal,
): Promise<string | undefined> {
  const events = await eventsOf(claim, cluster, signal);
  return events.filter(({ reason }) => bindingTroubles.includes(reason)).at(-1)?.message;
}

async function bindsAtFirstPod({ spec }: KubernetesObject, cluster: Cluster): Promise<boolean> {
  const { storageClassName } = (spec ?? {}) as { storageClassName?: string };
  if (!storageClassName) return false;
  const path = `/apis/storage.k8s.io/v1/storageclasses/${encodeURIComponent(storageClassName)}`;
  const storageClass = await getObject(cluster, path).catch(() => undefined);
  return storageClass?.volumeBindingMode === 'WaitForFirstConsumer';
}

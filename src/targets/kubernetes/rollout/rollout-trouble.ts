import type { KubernetesObject } from '../../../core/kubernetes-object.ts';
import { conditionOf } from '../../../status/conditions.ts';
import type { Pod } from '../../../status/pod.ts';
import { exitText, type PodTrouble, podTrouble, times } from '../../../status/pod-trouble.ts';
import { type Cluster, ownEntry } from '../cluster.ts';
import { eventsOf } from './events.ts';
import type { Sightings } from './sightings.ts';

/** What keeps a workload from getting ready. */
export interface RolloutTrouble {
  kind: PodTrouble['kind'] | 'mount' | 'refused';
  /** E.g. `container orders exits with code 1 (twice)`. */
  text: string;
  pod?: Pod;
  container?: string;
  /** It has lasted too long to pass by itself. */
  certain: boolean;
}

/** Milliseconds that a trouble of each kind may last before it is certain. */
const graces: Record<RolloutTrouble['kind'], number> = {
  crash: 3000,
  container: 5000,
  refused: 5000,
  mount: 8000,
  image: 10_000,
  schedule: 12_000,
};

/** A node that may not read a new pod's secret yet pulls without it, and tries again 10 to 15 seconds later. */
const loginGrace = 20_000;

/** A node that had no time yet to look up what a pod names; it tries again for as long as it takes. */
const busyNode = /failed to sync \w+ cache: timed out/;

/** After this, what does not show in a pod is looked for in events. */
const silence = 4000;
const restartsTooMany = 2;

/** The worst trouble of a workload that is not ready: a certain one first. Cheap as long as there is none. */
export async function rolloutTrouble(
  workload: KubernetesObject,
  pods: readonly Pod[],
  cluster: Pick<Cluster, 'api' | 'namespace'>,
  sightings: Sightings,
  signal?: AbortSignal,
): Promise<RolloutTrouble | undefined> {
  const found: RolloutTrouble[] = [];
  for (const pod of pods) {
    const trouble = seenInPod(pod, sightings) ?? (await toldByEvents(pod, cluster, sightings, signal));
    // A Job counts its failures itself, and says when they are too many.
    if (!trouble || (trouble.kind === 'crash' && workload.kind === 'Job')) continue;
    found.push(await scaledUp(trouble, cluster, signal));
  }
  if (pods.length === 0) {
    const refused = await refusedPods(workload, cluster, sightings, signal);
    if (refused) found.push(refused);
  }
  return found.find(({ certain }) => certain) ?? found[0];
}

function seenInPod(pod: Pod, sightings: Sightings): RolloutTrouble | undefined {
  const uid = String(pod.metadata.uid);
  const trouble = podTrouble(pod);
  if (trouble) {
    const lasted = sightings.age(`${uid} ${trouble.kind} ${trouble.container ?? ''}`);
    const grace = trouble.passing || trouble.kind === 'crash' ? graceOf(trouble, pod) : 0;
    return { ...trouble, pod, certain: lasted >= grace };
  }
  // Between two crashes it looks as if it ran.
  for (const { name, ready, restartCount, lastState } of pod.status?.containerStatuses ?? []) {
    const since = restartCount - sightings.first(`${uid} restarts ${name}`, restartCount);
    if (ready || since < restartsTooMany || !lastState?.terminated) continue;
    const text = `container ${name} ${exitText(lastState.terminated)}${times(restartCount)}`;
    return { kind: 'crash', text, pod, container: name, certain: true };
  }
  return undefined;
}

function graceOf({ kind, text }: PodTrouble, pod: Pod): number {
  if (busyNode.test(text)) return Number.POSITIVE_INFINITY;
  return kind === 'image' && pod.spec?.imagePullSecrets?.length ? loginGrace : graces[kind];
}

/** A volume that cannot be mounted shows only in events. */
async function toldByEvents(
  pod: Pod,
  cluster: Pick<Cluster, 'api' | 'namespace'>,
  sightings: Sightings,
  signal?: AbortSignal,
): Promise<RolloutTrouble | undefined> {
  if (pod.status?.phase !== 'Pending' || sightings.age(`${pod.metadata.uid} pending`) < silence)
    return undefined;
  const events = await eventsOf(pod, cluster, signal);
  const told = events
    .filter(
      ({ type, reason }) => type === 'Warning' && /^Failed(Mount|AttachVolume|CreatePodSandBox)/.test(reason),
    )
    .at(-1);
  if (!told) return undefined;
  // Others, such as a volume that is still attached elsewhere, may pass.
  const lasting = /not found|doesn't exist|references non-existent/.test(told.message);
  const certain = lasting && sightings.age(`${pod.metadata.uid} mount`) >= graces.mount - silence;
  return {
    kind: 'mount',
    text: told.message.replace(/^Unable to attach or mount volumes: /, ''),
    pod,
    certain,
  };
}

/** A node may be on its way. */
async function scaledUp(
  trouble: RolloutTrouble,
  cluster: Pick<Cluster, 'api' | 'namespace'>,
  signal?: AbortSignal,
): Promise<RolloutTrouble> {
  if (trouble.kind !== 'schedule' || !trouble.certain) return trouble;
  const events = await eventsOf(trouble.pod!, cluster, signal);
  const coming = events.some(({ reason }) => reason === 'TriggeredScaleUp' || reason === 'Nominated');
  return coming ? { ...trouble, text: 'waits for a new node', certain: false } : trouble;
}

/** No pod at all: a quota or an admission rule refuses them. */
async function refusedPods(
  workload: KubernetesObject,
  cluster: Pick<Cluster, 'api' | 'namespace'>,
  sightings: Sightings,
  signal?: AbortSignal,
): Promise<RolloutTrouble | undefined> {
  const uid = String(workload.metadata.uid);
  const lasted = sightings.age(`${uid} no pods`);
  const condition = conditionOf(workload, 'ReplicaFailure');
  if (condition?.status === 'True')
    return { kind: 'refused', text: condition.message ?? '', certain: lasted >= graces.refused };
  if (lasted < silence) return undefined;
  // What was refused before the last change says nothing about it. Both times are the cluster's.
  const changed = Date.parse(ownEntry(workload)?.time ?? '');
  const events = await eventsOf(workload, cluster, signal);
  const told = events
    .filter(({ type, reason }) => type === 'Warning' && reason === 'FailedCreate')
    .filter(({ last }) => !(Date.parse(last) < changed))
    .at(-1);
  return told && { kind: 'refused', text: told.message, certain: lasted >= graces.refused };
}

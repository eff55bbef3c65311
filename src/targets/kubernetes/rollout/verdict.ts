import type { Change } from '../../../core/change.ts';
import { apiGroup, type KubernetesObject } from '../../../core/kubernetes-object.ts';
import { matchesSelector, type Selector } from '../../../core/label-selector.ts';
import type { Verdict } from '../../../core/readiness.ts';
import { podSpecOf } from '../../../manifests/pod-specs.ts';
import { readiness } from '../../../status/readiness.ts';
import { failed, progressing, ready } from '../../../status/verdicts.ts';
import type { Cluster } from '../cluster.ts';
import type { Interest, LiveObjects } from '../live/live-objects.ts';
import { podSelection, removalSelection, replicaSetSelection, selectionOf } from '../live/selections.ts';
import { type ApplyStep, type RemoveStep, stepOf } from '../step.ts';
import { unboundVerdict } from './claims.ts';
import { withOwnRefusal } from './own-refusal.ts';
import { type ListObjects, podsOf } from './pods-of.ts';
import { rolloutTrouble } from './rollout-trouble.ts';
import type { Sightings } from './sightings.ts';
import { isUnreported, reportPatience } from './unreported.ts';
import { isWorkload } from './workloads.ts';

/** What is remembered between looks at a change. */
export interface Watched {
  sightings: Sightings;
  /** Objects as they were applied, by change. An answer that is older than this is not believed. */
  applied: Map<string, KubernetesObject>;
  /** Changes that were applied and not looked at since. */
  unseen: Set<string>;
  live: LiveObjects;
}

/** Milliseconds that pods without a readiness probe, which are ready as soon as they run, have to stay so: many end at once. */
const settling = 3000;
/** Milliseconds that a workload may be refused its pods, as two writers to one quota are. */
const refusalGrace = 3000;

export async function verdictOf(
  change: Change,
  cluster: Cluster,
  watched: Watched,
  signal: AbortSignal,
): Promise<Verdict> {
  const step = stepOf(change);
  if (step.do === 'keep') return ready('kept');
  if (step.do === 'record') return ready('written');
  return step.do === 'remove'
    ? removalVerdict(step, cluster, watched, signal)
    : appliedVerdict(change.id, step, cluster, watched, signal);
}

/** What a change's verdict depends on, to be told when it changes. */
export function interestOf(
  change: Change,
  { scope, namespace }: Pick<Cluster, 'scope' | 'namespace'>,
): Interest {
  const step = stepOf(change);
  if (step.do === 'keep' || step.do === 'record')
    return { key: change.id, selections: [], concerns: () => false };
  const name = decodeURIComponent(step.path.slice(step.path.lastIndexOf('/') + 1));
  const own = step.do === 'remove' ? removalSelection(step.path, scope) : selectionOf(step.path, step.object);
  const hasPods =
    step.do === 'remove' ? step.pods !== undefined : isWorkload(step.object) && step.object.kind !== 'Pod';
  const hasSets = step.do === 'apply' && step.object.kind === 'Deployment';
  const { selector } = (step.do === 'apply' ? (step.object.spec ?? {}) : {}) as { selector?: Selector };
  const isPart = ({ metadata }: KubernetesObject) =>
    step.do === 'remove' || matchesSelector(metadata.labels ?? {}, selector);
  return {
    key: change.id,
    selections: [
      own,
      ...(hasPods ? [podSelection(namespace)] : []),
      ...(hasSets ? [replicaSetSelection(namespace)] : []),
    ],
    concerns: (object) => object.metadata.name === name || (hasPods && isPart(object)),
  };
}

async function appliedVerdict(
  id: string,
  { path, object }: ApplyStep,
  cluster: Cluster,
  { sightings, applied, unseen, live: objects }: Watched,
  signal: AbortSignal,
): Promise<Verdict> {
  const written = applied.get(id);
  // What the server answered to the write is as good as a first look.
  const first = unseen.delete(id);
  const found = first ? written : await objects.find(path, selectionOf(path, object), written, signal);
  if (!found)
    return isCollected(object) ? ready('completed, and removed since') : failed('someone has removed it');
  const list: ListObjects = (selection) => objects.all(selection, signal);
  const live = await withOwnRefusal(found, cluster, signal, list);
  const before = written?.metadata.generation as number | undefined;
  if (before !== undefined && (live.metadata.generation as number) < before)
    return progressing('the change is not visible yet');
  const verdict = readiness(live, cluster.readiness);
  if (verdict.readiness === 'ready') {
    const fresh = before !== undefined && sightings.age(`${live.metadata.uid} report`) < reportPatience;
    if (fresh && (await isUnreported(live, path, cluster, signal)))
      return progressing('its controller has said nothing about it yet');
    const settled =
      before === undefined ||
      !isUnprobed(live) ||
      sightings.age(`${live.metadata.uid} ${before} ready`) >= settling;
    return settled ? verdict : progressing('running; without a readiness probe it is watched for a moment');
  }
  if (live.metadata.deletionTimestamp) return verdict;
  if (live.kind === 'PersistentVolumeClaim' && verdict.readiness === 'progressing')
    return unboundVerdict(live, verdict, cluster, sightings, signal);
  if (!isWorkload(live)) return withoutAddress(live, verdict);
  if (verdict.readiness === 'failed') {
    const passing = apiGroup(live) === 'apps' && sightings.age(`${id} ${verdict.reason}`) < refusalGrace;
    return passing ? progressing(verdict.reason) : verdict;
  }
  // Nor do the pods of before tell anything about a change that has not come to them. Of many at once a busy controller sees some late.
  if (first || isUnseen(live)) return verdict;
  const pods = await podsOf(live, cluster, signal, list);
  const trouble = await rolloutTrouble(live, pods, cluster, sightings, signal);
  if (!trouble) return verdict;
  return trouble.certain ? failed(trouble.text) : progressing(`${trouble.text}; ${verdict.reason}`);
}

/** Its controller has not looked at it yet. Those of `apps` say of all what they have seen, others not. */
function isUnseen(object: KubernetesObject): boolean {
  const { observedGeneration } = (object.status ?? {}) as { observedGeneration?: number };
  if (observedGeneration === undefined) return apiGroup(object) === 'apps';
  return observedGeneration < Number(object.metadata.generation);
}

/** It runs pods of which nothing tells that they work. */
function isUnprobed(object: KubernetesObject): boolean {
  const { readyReplicas = 0, numberReady = 0 } = (object.status ?? {}) as Record<string, number>;
  if (readyReplicas + numberReady === 0) return false;
  const containers = apiGroup(object) === 'apps' ? (podSpecOf(object)?.containers ?? []) : [];
  return containers.some(({ readinessProbe }) => !readinessProbe);
}

/** A Job that asks for it is removed by the cluster when it has ended. */
function isCollected({ kind, spec }: KubernetesObject): boolean {
  return (
    kind === 'Job' &&
    (spec as { ttlSecondsAfterFinished?: number } | undefined)?.ttlSecondsAfterFinished !== undefined
  );
}

/** Nothing but the balancer can give its address, and that may be never; pods do without. */
function withoutAddress({ kind, spec }: KubernetesObject, verdict: Verdict): Verdict {
  const { type, clusterIP } = (spec ?? {}) as { type?: string; clusterIP?: string };
  const isDone = kind === 'Service' && type === 'LoadBalancer' && clusterIP;
  return isDone
    ? { ...ready(verdict.reason), detail: 'no address of a load balancer yet, which is not waited for' }
    : verdict;
}

async function removalVerdict(
  { path, uid, pods }: RemoveStep,
  { scope, namespace }: Cluster,
  { live }: Watched,
  signal: AbortSignal,
): Promise<Verdict> {
  const left = await live.find(path, removalSelection(path, scope), undefined, signal);
  if (left?.metadata.uid === uid) return readiness(left);
  if (!pods) return ready('gone');
  const ending = (await live.all(podSelection(namespace), signal)).filter(({ metadata }) => {
    const owners = (metadata.ownerReferences as { uid: string }[] | undefined) ?? [];
    return owners.some((owner) => pods.owners.includes(owner.uid));
  });
  if (ending.length === 0) return ready('gone');
  return progressing(`${ending.length} ${ending.length === 1 ? 'pod' : 'pods'} still to end`);
}

import type { KubernetesObject } from '../core/kubernetes-object.ts';
import type { Verdict } from '../core/readiness.ts';
import { conditionOf, wordsOf } from './conditions.ts';
import { failed, progressing, ready } from './verdicts.ts';

/** Kinds that run pods. */
export const workloadKinds: Readonly<Record<string, (object: KubernetesObject) => Verdict>> = {
  'apps/Deployment': deployment,
  'apps/ReplicaSet': replicaSet,
  'apps/StatefulSet': statefulSet,
  'apps/DaemonSet': daemonSet,
  'batch/Job': job,
};

function deployment(object: KubernetesObject): Verdict {
  const { replicas: wanted = 1, paused } = spec(object);
  const { replicas = 0, updatedReplicas = 0, readyReplicas = 0, availableReplicas = 0 } = status(object);
  if (paused) return ready(`paused: ${pods(readyReplicas, wanted)} ready`);
  const advancing = conditionOf(object, 'Progressing');
  if (advancing?.reason === 'ProgressDeadlineExceeded')
    return failed('its rollout made no progress within its deadline');
  const refused = conditionOf(object, 'ReplicaFailure');
  if (refused?.status === 'True') return failed(wordsOf(refused, 'its pods cannot be created'));
  // At least: of those that are ready, as many as possible are old ones.
  const fresh = Math.max(0, Math.min(updatedReplicas, readyReplicas - (replicas - updatedReplicas)));
  if (fresh < wanted) return progressing(`${pods(fresh, wanted)} new and ready`);
  if (replicas > wanted)
    return progressing(`${replicas - wanted} old ${noun(replicas - wanted)} still to end`);
  if (availableReplicas < wanted) return progressing(`${pods(availableReplicas, wanted)} available`);
  return ready(running(wanted));
}

function replicaSet(object: KubernetesObject): Verdict {
  const { replicas: wanted = 1 } = spec(object);
  const { replicas = 0, readyReplicas = 0, availableReplicas = 0 } = status(object);
  const refused = conditionOf(object, 'ReplicaFailure');
  if (refused?.status === 'True') return failed(wordsOf(refused, 'its pods cannot be created'));
  if (readyReplicas < wanted) return progressing(`${pods(readyReplicas, wanted)} ready`);
  if (replicas > wanted) return progressing(`${replicas - wanted} ${noun(replicas - wanted)} still to end`);
  if (availableReplicas < wanted) return progressing(`${pods(availableReplicas, wanted)} available`);
  return ready(running(wanted));
}

function statefulSet(object: KubernetesObject): Verdict {
  const { replicas: wanted = 1, updateStrategy } = spec(object);
  const {
    replicas = 0,
    updatedReplicas = 0,
    readyReplicas = 0,
    currentRevision,
    updateRevision,
  } = status(object);
  if (readyReplicas < wanted) return progressing(`${pods(readyReplicas, wanted)} ready`);
  if (replicas > wanted) return progressing(`${replicas - wanted} ${noun(replicas - wanted)} still to end`);
  if (updateStrategy?.type === 'OnDelete')
    return ready(`${running(wanted)}; a changed pod starts when the old one is deleted`);
  const partition = updateStrategy?.rollingUpdate?.partition ?? 0;
  // Without an update under way the controller counts no pod as updated.
  if (currentRevision !== updateRevision) {
    const due = Math.max(0, wanted - partition);
    if (updatedReplicas < due) return progressing(`${pods(updatedReplicas, due)} new`);
    if (partition === 0) return progressing('its rollout is about to end');
  }
  return ready(partition > 0 ? `${running(wanted)}, partition ${partition}` : running(wanted));
}

function daemonSet(object: KubernetesObject): Verdict {
  const {
    desiredNumberScheduled: wanted = 0,
    updatedNumberScheduled = 0,
    numberReady = 0,
    numberAvailable = 0,
  } = status(object);
  if (spec(object).updateStrategy?.type === 'OnDelete') {
    if (numberReady < wanted) return progressing(`${pods(numberReady, wanted)} ready`);
    return ready(`${running(wanted)}; a changed pod starts when the old one is deleted`);
  }
  if (updatedNumberScheduled < wanted) return progressing(`${pods(updatedNumberScheduled, wanted)} new`);
  if (numberReady < wanted) return progressing(`${pods(numberReady, wanted)} new and ready`);
  if (numberAvailable < wanted) return progressing(`${pods(numberAvailable, wanted)} available`);
  return ready(running(wanted));
}

function job(object: KubernetesObject): Verdict {
  const lost = conditionOf(object, 'Failed');
  if (lost?.status === 'True') return failed(wordsOf(lost, 'failed'));
  if (conditionOf(object, 'Complete')?.status === 'True') return ready('completed');
  const { suspend, completions = 1 } = spec(object);
  if (suspend) return ready('suspended');
  const { active = 0, succeeded = 0, failed: failures = 0 } = status(object);
  const retried = failures > 0 ? `, ${failures} failed` : '';
  return progressing(`${succeeded} of ${completions} completed, ${active} running${retried}`);
}

interface Spec {
  replicas?: number;
  paused?: boolean;
  suspend?: boolean;
  completions?: number;
  updateStrategy?: { type?: string; rollingUpdate?: { partition?: number } };
}

type Status = Partial<
  Record<
    | 'replicas'
    | 'updatedReplicas'
    | 'readyReplicas'
    | 'availableReplicas'
    | 'desiredNumberScheduled'
    | 'updatedNumberScheduled'
    | 'numberReady'
    | 'numberAvailable'
    | 'active'
    | 'succeeded'
    | 'failed',
    number
  >
> & { currentRevision?: string; updateRevision?: string };

const spec = (object: KubernetesObject) => (object.spec ?? {}) as Spec;
const status = (object: KubernetesObject) => (object.status ?? {}) as Status;
const noun = (count: number) => (count === 1 ? 'pod' : 'pods');
const pods = (count: number, wanted: number) => `${count} of ${wanted} ${noun(wanted)}`;
const running = (wanted: number) => (wanted === 0 ? 'scaled to 0' : `${wanted} ${noun(wanted)} ready`);

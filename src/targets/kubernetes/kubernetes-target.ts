import type { Change, Plan } from '../../core/change.ts';

import type { KubernetesObject, ReadManifests } from '../../core/kubernetes-object.ts';
import type { Verdict } from '../../core/readiness.ts';
import { readiness } from '../../status/readiness.ts';

import type { ReadinessRule } from '../../workspace/model.ts';
import type { Scope, Target } from '../target.ts';
import { openApi } from './api/open-api.ts';
import { applyStep } from './apply-step.ts';
import { type Cluster, createCluster, until } from './cluster.ts';
import { explained, explainedLines } from './explained.ts';
import { createPodConnector } from './forward/connect.ts';
import { inHome, namespacePath } from './home.ts';
import { createStages } from './judge-stages.ts';
import { createLiveObjects } from './live/live-objects.ts';
import { createDeployLock } from './lock/deploy-lock.ts';
import { appLogs } from './observe/logs.ts';
import { quietServices } from './observe/quiet-services.ts';
import { appStatus } from './observe/status.ts';
import { type Allowed, usual } from './plan/allowed.ts';
import { desiredObjects } from './plan/desired-objects.ts';
import { planDeploy, type Wanted } from './plan/plan-deploy.ts';
import { planRemoval } from './plan/plan-removal.ts';
import type { PullSecretOptions } from './plan/pull-secret.ts';
import { planBasis } from './plan-basis.ts';
import { writeRecord } from './record/write-record.ts';
import { kubernetesRecords } from './releases/kubernetes-records.ts';
import { createReleases } from './releases/releases.ts';
import { releaseRemovals } from './releases/remove-releases.ts';
import { removeStep } from './remove-step.ts';
import { diagnose } from './rollout/diagnose.ts';
import { createSightings } from './rollout/sightings.ts';
import { interestOf, verdictOf, type Watched } from './rollout/verdict.ts';
import { stepOf } from './step.ts';

export interface KubernetesOptions {
  scope: Scope;
  /** Of the kubeconfig; no other cluster is ever talked to. */
  context: string;
  namespace: string;
  /** A file instead of those of KUBECONFIG or the home folder. */
  kubeconfig?: string;
  /** Prefix of pushed images: manifests may name a service's image with it. */
  registry?: string;
  /** How nodes may log in to that registry. */
  pullSecret?: PullSecretOptions;
  readManifests: ReadManifests;
  /** What may be done beyond the usual. */
  allowed?: Allowed;
  /** Verdicts on custom kinds. */
  readiness?: readonly ReadinessRule[];
  /** Kinds that hold data or the objects of others, and go only when they are named here. */
  pruneKinds?: readonly string[];
  /** A removal of the whole app takes its namespace with it. */
  deleteNamespace?: boolean;
  /** Ends the wait for credentials, and for a first connection. */
  signal?: AbortSignal;
}

/** Services as the objects of their manifests, in one namespace of one cluster. Connects at the first call. */
export function createKubernetesTarget(options: KubernetesOptions): Target {
  const { scope, context, namespace, kubeconfig, signal: stop = never } = options;
  const { api, plain, plugin } = openApi({ context, kubeconfig, signal: stop });
  const cluster = createCluster(
    { scope, context, namespace, api, readiness: options.readiness ?? [] },
    kubeconfig,
  );
  const live = createLiveObjects(cluster);
  const watched: Watched = { sightings: createSightings(), applied: new Map(), unseen: new Set(), live };
  const removed = new Set<string>();
  /** Why, by change: at its turn it was to go no longer. */
  const kept = new Map<string, string>();
  let recordVersion: string | undefined;
  const lock = createDeployLock(cluster);
  const stages = createStages(cluster);
  const releases = createReleases(cluster, () => lock.check(never));
  const connectPod = createPodConnector(cluster);
  let lockWanted = false;
  const sources = { ...options, allowed: usual, known: new Map(), seen: new Map(), ...options };
  const place = `kubernetes, context ${context}, namespace ${namespace}`;
  const document = (changes: Plan['changes']): Plan => ({
    version: 1,
    app: scope.app,
    environment: scope.environment,
    place,
    changes,
  });

  const planned = (work: () => Promise<Plan['changes']>) => {
    removed.clear();
    kept.clear();
    recordVersion = undefined;
    return explained(cluster, async () => {
      const changes = await work();
      stages.planned(changes);
      return withWarnings(document(changes), cluster);
    });
  };

  return {
    place,
    awaits: () => plugin() && `the credential plugin ${plugin()}`,
    records: kubernetesRecords({
      releases,
      cluster,
      planning: sources,
      applied: watched.applied,
      planned,
      explained: (work) => explained(cluster, work),
    }),
    // A plugin that gets credentials may open a browser: not before it is known that they are needed.
    prepare: () => {
      const connect = async () => (await plain()) && api.connect();
      connect().catch(() => undefined); // the first request tells
    },
    plan: (desired, signal) =>
      planned(() => {
        const here = until(signal, cluster);
        const services = desired.map(({ service }) => service);
        const objects: Wanted['objects'] = (pullSecret) =>
          desiredObjects(desired, here, { ...options, pullSecret });
        return planDeploy({ services, objects }, here, sources);
      }),
    basisOf: (plan, signal) =>
      explained(cluster, () => planBasis(plan, sources.seen, until(signal, cluster))),
    planRemoval: (services, signal) =>
      planned(async () => {
        const here = until(signal, cluster);
        const changes = await planRemoval(services, here, options);
        return services ? changes : [...changes, ...(await releaseRemovals(changes, here))];
      }),
    apply: (change, signal) =>
      explained(cluster, async () => {
        await lock.check(signal);
        const step = stepOf(change);
        if (step.do === 'record') {
          const carriedOut = { applied: watched.applied, removed };
          recordVersion = await writeRecord(step, recordVersion ?? step.version, carriedOut, cluster, signal);
        }
        if (step.do === 'remove') {
          const { do: outcome, note = '' } = await removeStep(step, change.id, cluster, signal);
          if (outcome !== 'remove') kept.set(change.id, note);
          if (outcome !== 'keep') removed.add(change.id);
        }
        if (step.do !== 'apply') return;
        if (sources.allowed.preflight) await stages.judge(change, signal);
        const created = await applyStep(step, change, cluster, signal);
        watched.applied.set(change.id, created);
        watched.unseen.add(change.id);
        if (step.path !== namespacePath(namespace)) return;
        // The lock and the history are in the namespace, so a plan that begins by making it has them only then.
        if (lockWanted) await lock.acquire(signal);
        await releases.homeMade();
      }),
    verdict: async (change, signal) =>
      stays(kept.get(change.id)) ??
      seenReady(change, sources.seen) ??
      explained(cluster, () => verdictOf(change, cluster, watched, signal)),
    news: (change, ms, signal) => live.news(interestOf(change, cluster), ms, signal),
    diagnose: (change, verdict) =>
      explained(cluster, () => diagnose(change, verdict, cluster, watched.sightings)),
    status: () => explained(cluster, () => appStatus(cluster)),
    quiet: (services) => explained(cluster, () => quietServices(services, cluster)),
    logs: (services, logOptions, signal) =>
      explainedLines(cluster, appLogs(services, logOptions, cluster, signal)),
    connect: (service, port, signal) => explained(cluster, () => connectPod(service, port, signal)),
    locked: async (work, signal = never) => {
      lockWanted = true;
      let patience = farewell.afterFailure;
      try {
        await explained(cluster, () => inHome(until(signal, cluster), () => lock.acquire(signal)));
        const done = await work();
        patience = farewell.afterSuccess;
        return done;
      } finally {
        lockWanted = false;
        await lock.release(patience);
      }
    },
    heldLock: () => explained(cluster, () => lock.held()),
    unlock: (held) => explained(cluster, () => lock.takeAway(held)),
    close: async () => {
      live.close();
      api.close();
    },
  };
}

function stays(note: string | undefined): Verdict | undefined {
  return note === undefined ? undefined : { readiness: 'ready', reason: note, stays: true };
}

/** What planning has just found unchanged and ready needs no second look. */
function seenReady({ id, action }: Change, seen: Map<string, KubernetesObject>): Verdict | undefined {
  const live = seen.get(id);
  seen.delete(id);
  const verdict = live && action === 'none' ? readiness(live) : undefined;
  return verdict?.readiness === 'ready' ? verdict : undefined;
}

/** Part of a cluster's API may be served by others, of which one that is down concerns only its own kinds. */
async function withWarnings(plan: Plan, cluster: Cluster): Promise<Plan> {
  const { down } = await cluster.kinds();
  if (down.length === 0) return plan;
  const are = down.length === 1 ? 'is' : 'are';
  return { ...plan, warnings: [`${down.join(', ')} ${are} not answering: kinds served there are left out`] };
}

/** Milliseconds for letting go of the lock: a run that was stopped, or whose time is over, has to end. */
const farewell = { afterSuccess: 5000, afterFailure: 500 };
const never = new AbortController().signal;

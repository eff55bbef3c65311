import { describe, expect, test } from 'vitest';
import type { Change } from '../../../../src/core/change.ts';
import type { KubernetesObject } from '../../../../src/core/kubernetes-object.ts';
import type { Cluster } from '../../../../src/targets/kubernetes/cluster.ts';
import type { LiveObjects } from '../../../../src/targets/kubernetes/live/live-objects.ts';
import { createSightings } from '../../../../src/targets/kubernetes/rollout/sightings.ts';
import { verdictOf } from '../../../../src/targets/kubernetes/rollout/verdict.ts';

const revision = (number: number) => ({ 'deployment.kubernetes.io/revision': String(number) });
const selector = { matchLabels: { app: 'orders' } };
const labels = selector.matchLabels;
const deployment = (generation: number, observedGeneration: number, shown: number): KubernetesObject => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'orders', uid: 'd', generation, annotations: revision(shown) },
  spec: { replicas: 1, selector },
  status: { observedGeneration, replicas: 1, updatedReplicas: 0, readyReplicas: 0 },
});
const set = (uid: string, number: number): KubernetesObject => ({
  apiVersion: 'apps/v1',
  kind: 'ReplicaSet',
  metadata: { name: uid, uid, labels, annotations: revision(number), ownerReferences: [{ uid: 'd' }] },
});
const crashing = (owner: string): KubernetesObject => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: `${owner}-pod`, uid: `${owner}-pod`, labels, ownerReferences: [{ uid: owner }] },
  status: {
    phase: 'Running',
    containerStatuses: [
      {
        name: 'orders',
        ready: false,
        restartCount: 2,
        state: { waiting: { reason: 'CrashLoopBackOff' } },
        lastState: { terminated: { exitCode: 3 } },
      },
    ],
  },
});

/** The last of two looks, a minute apart unless told otherwise, so that every grace is over. `asked` gets the paths that they ask the server for. */
async function verdictOn(
  live: KubernetesObject,
  sets: KubernetesObject[],
  pods: KubernetesObject[],
  asked: string[] = [],
  later = 60_000,
) {
  let now = 0;
  const change: Change = {
    id: 'Deployment/orders',
    action: 'update',
    fields: [],
    after: [],
    desired: {
      do: 'apply',
      path: '/apis/apps/v1/namespaces/shop/deployments/orders',
      object: live,
      force: false,
      keepsReplicas: false,
    },
  };
  const watched = {
    sightings: createSightings(() => now),
    applied: new Map(),
    unseen: new Set<string>(),
    live: {
      find: async () => live,
      all: async ({ kind }: { kind: string }) => (kind === 'Pod' ? pods : sets),
    } as unknown as LiveObjects,
  };
  const request = async ({ path }: { path: string }) => {
    asked.push(path);
    const one = sets.find(({ metadata }) => path.endsWith(`/replicasets/${metadata.name}`));
    return one ? { value: one, headers: {} } : { value: { items: [], metadata: {} }, headers: {} };
  };
  const cluster = { namespace: 'shop', readiness: [], api: { request } } as unknown as Cluster;
  const signal = new AbortController().signal;
  await verdictOf(change, cluster, watched, signal);
  now = later;
  return verdictOf(change, cluster, watched, signal);
}

describe('the verdict on a Deployment', () => {
  test('is that of the pods of its present version', async () => {
    const verdict = await verdictOn(deployment(2, 2, 2), [set('old', 1), set('new', 2)], [crashing('new')]);
    expect(verdict).toEqual({
      readiness: 'failed',
      reason: 'container orders exits with code 3 (3 times)',
    });
  });

  test('says first what the new pod does, which an old one that still serves does not hide', async () => {
    const beside = deployment(2, 2, 2);
    beside.status = { ...(beside.status as object), replicas: 2, updatedReplicas: 1, readyReplicas: 1 };
    const sets = [set('old', 1), set('new', 2)];
    const verdict = await verdictOn(beside, sets, [crashing('new')], [], 1000);
    expect(verdict).toEqual({
      readiness: 'progressing',
      reason: 'container orders exits with code 3 (3 times); 0 of 1 pod new and ready',
    });
  });

  test('is not that of the pods before a change that its controller has not seen', async () => {
    const verdict = await verdictOn(deployment(3, 2, 2), [set('old', 1), set('new', 2)], [crashing('new')]);
    expect(verdict.readiness).toBe('progressing');
  });

  test('is not that of the pods before, when what is watched of its parts comes later', async () => {
    const verdict = await verdictOn(deployment(3, 3, 3), [set('old', 1), set('new', 2)], [crashing('new')]);
    expect(verdict).toEqual({ readiness: 'progressing', reason: '0 of 1 pod new and ready' });
  });

  test('is not that of a version before whose pods are refused', async () => {
    const refusal = {
      type: 'ReplicaFailure',
      status: 'True',
      message: 'pods "old-x" is forbidden: exceeded quota: q',
    };
    const rolling = deployment(2, 2, 2);
    const live = { ...rolling, status: { ...(rolling.status as object), conditions: [refusal] } };
    const refused = (one: KubernetesObject, message: string) => ({
      ...one,
      status: { conditions: [{ ...refusal, message }] },
    });
    const old = refused(set('old', 1), refusal.message);
    expect(await verdictOn(live, [old, set('new', 2)], [])).toEqual({
      readiness: 'progressing',
      reason: '0 of 1 pod new and ready',
    });
    // What is watched of its sets may come later.
    expect((await verdictOn(live, [old], [])).readiness).toBe('progressing');
    const own = refused(set('new', 2), 'pods "new-x" is forbidden: exceeded quota: q');
    expect(await verdictOn(live, [old, own], [])).toEqual({
      readiness: 'failed',
      reason: 'pods "new-x" is forbidden: exceeded quota: q',
    });
  });

  test('asks for nothing about one that its controller has not seen yet, however long that takes', async () => {
    const { status: _, ...fresh } = deployment(1, 0, 1);
    const asked: string[] = [];
    const verdict = await verdictOn(fresh as KubernetesObject, [], [], asked);
    expect(verdict.readiness).toBe('progressing');
    expect(asked).toEqual([]);
  });
});

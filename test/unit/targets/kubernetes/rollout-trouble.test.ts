import { describe, expect, test } from 'vitest';
import type { KubernetesObject } from '../../../../src/core/kubernetes-object.ts';
import type { ContainerStatus, Pod } from '../../../../src/status/pod.ts';
import type { Cluster } from '../../../../src/targets/kubernetes/cluster.ts';
import { rolloutTrouble } from '../../../../src/targets/kubernetes/rollout/rollout-trouble.ts';
import { createSightings } from '../../../../src/targets/kubernetes/rollout/sightings.ts';

const workload = (kind: string, status: object, metadata: object): KubernetesObject => ({
  apiVersion: 'apps/v1',
  kind,
  metadata: { name: 'orders', uid: 'w', ...metadata },
  status,
});
const pod = (container: Partial<ContainerStatus>, status: Pod['status'] = {}): Pod => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'orders-1', uid: 'p' },
  status: {
    phase: 'Running',
    containerStatuses: [{ name: 'orders', ready: false, restartCount: 0, ...container }],
    ...status,
  },
});
const waiting = (reason: string, message = '') =>
  pod({ image: 'x', state: { waiting: { reason, message } } });

/** Looks at the given moments (seconds) at what the pods are then. */
async function looks(
  moments: readonly [number, Pod[]][],
  { kind = 'Deployment', status = {}, events = [] as object[], metadata = {} } = {},
) {
  let now = 0;
  const sightings = createSightings(() => now);
  const cluster = {
    namespace: 'shop',
    api: { request: async () => ({ value: { items: events, metadata: {} }, headers: {} }) },
  } as unknown as Cluster;
  const found = [];
  for (const [seconds, pods] of moments) {
    now = seconds * 1000;
    found.push(await rolloutTrouble(workload(kind, status, metadata), pods, cluster, sightings));
  }
  return found.map(
    (trouble) => trouble && `${trouble.certain ? 'certain' : 'passing'} ${trouble.kind}: ${trouble.text}`,
  );
}

describe('rolloutTrouble', () => {
  test('an image that cannot be pulled gets some tries', async () => {
    const moments: [number, Pod[]][] = [
      [0, [waiting('ErrImagePull', 'not found')]],
      [6, [waiting('ImagePullBackOff', 'not found')]],
      [11, [waiting('ErrImagePull', 'not found')]],
    ];
    const text = 'image: cannot pull image x: not found';
    expect(await looks(moments)).toEqual([`passing ${text}`, `passing ${text}`, `certain ${text}`]);
  });

  test('an image that a secret is for is tried with it once more', async () => {
    const failing = {
      ...waiting('ImagePullBackOff', '401 Unauthorized'),
      spec: { imagePullSecrets: [{ name: 'pull' }] },
    };
    const text = 'image: cannot pull image x: 401 Unauthorized';
    expect(
      await looks([
        [0, [failing]],
        [19, [failing]],
        [21, [failing]],
      ]),
    ).toEqual([`passing ${text}`, `passing ${text}`, `certain ${text}`]);
  });

  test('a node that is too busy to look up what a pod needs goes on trying', async () => {
    const slow = 'failed to sync configmap cache: timed out waiting for the condition';
    const text = 'container: container orders cannot be created';
    expect(
      await looks([
        [0, [waiting('CreateContainerConfigError', slow)]],
        [60, [waiting('CreateContainerConfigError', slow)]],
        [61, [waiting('CreateContainerConfigError', 'secret "s" not found')]],
      ]),
    ).toEqual([
      `passing ${text}: ${slow}`,
      `passing ${text}: ${slow}`,
      `certain ${text}: secret "s" not found`,
    ]);
  });

  test('an image name that is none gets no other try', async () => {
    expect(await looks([[0, [waiting('InvalidImageName', 'bad')]]])).toEqual([
      'certain image: cannot pull image x: bad',
    ]);
  });

  test('a crash loop is certain after a moment', async () => {
    const looping = pod({
      restartCount: 1,
      state: { waiting: { reason: 'CrashLoopBackOff' } },
      lastState: { terminated: { exitCode: 1 } },
    });
    expect(
      await looks([
        [0, [looping]],
        [4, [looping]],
      ]),
    ).toEqual([
      'passing crash: container orders exits with code 1 (twice)',
      'certain crash: container orders exits with code 1 (twice)',
    ]);
  });

  test('restarts count from when the pod is first seen', async () => {
    const running = (restartCount: number) =>
      pod({ restartCount, state: { running: {} }, lastState: { terminated: { exitCode: 2 } } });
    expect(
      await looks([
        [0, [running(5)]],
        [60, [running(6)]],
        [120, [running(7)]],
      ]),
    ).toEqual([undefined, undefined, 'certain crash: container orders exits with code 2 (7 times)']);
  });

  test('crashes of a Job are counted by the Job', async () => {
    const looping = pod({ restartCount: 3, state: { waiting: { reason: 'CrashLoopBackOff' } } });
    expect(
      await looks(
        [
          [0, [looping]],
          [9, [looping]],
        ],
        { kind: 'Job' },
      ),
    ).toEqual([undefined, undefined]);
  });

  test('a pod that no node takes waits for a node that is on its way', async () => {
    const conditions = [
      { type: 'PodScheduled', status: 'False' as const, reason: 'Unschedulable', message: '0/1 nodes' },
    ];
    const unscheduled = pod({}, { phase: 'Pending', conditions, containerStatuses: [] });
    const moments: [number, Pod[]][] = [
      [0, [unscheduled]],
      [13, [unscheduled]],
    ];
    expect(await looks(moments)).toEqual([
      'passing schedule: no node takes it: 0/1 nodes',
      'certain schedule: no node takes it: 0/1 nodes',
    ]);
    const events = [
      { metadata: {}, reason: 'TriggeredScaleUp', type: 'Normal', message: 'pod triggered scale-up' },
    ];
    expect((await looks(moments, { events }))[1]).toBe('passing schedule: waits for a new node');
  });

  test('a volume that may still come is not certain, one that refers to nothing is', async () => {
    const pending = pod({ state: { waiting: { reason: 'ContainerCreating' } } }, { phase: 'Pending' });
    const moments: [number, Pod[]][] = [
      [0, [pending]],
      [5, [pending]],
      [30, [pending]],
    ];
    const event = (message: string) => [{ metadata: {}, type: 'Warning', reason: 'FailedMount', message }];
    const attached = 'Multi-Attach error: volume is already used';
    expect(await looks(moments, { events: event(attached) })).toEqual([
      undefined,
      `passing mount: ${attached}`,
      `passing mount: ${attached}`,
    ]);
    const missing = 'configmap "x" not found';
    expect(await looks(moments, { events: event(missing) })).toEqual([
      undefined,
      `passing mount: ${missing}`,
      `certain mount: ${missing}`,
    ]);
  });

  test('pods that are refused show in the workload or its events', async () => {
    const events = [{ metadata: {}, type: 'Warning', reason: 'FailedCreate', message: 'forbidden' }];
    expect(
      await looks(
        [
          [0, []],
          [4.5, []],
          [6, []],
        ],
        { events },
      ),
    ).toEqual([undefined, 'passing refused: forbidden', 'certain refused: forbidden']);
    const status = { conditions: [{ type: 'ReplicaFailure', status: 'True', message: 'exceeded quota' }] };
    expect(
      await looks(
        [
          [0, []],
          [6, []],
        ],
        { status },
      ),
    ).toEqual(['passing refused: exceeded quota', 'certain refused: exceeded quota']);
  });

  test('pods that were refused before the last change say nothing about it', async () => {
    const event = (lastTimestamp: string) => [
      { metadata: {}, type: 'Warning', reason: 'FailedCreate', message: 'forbidden', lastTimestamp },
    ];
    const managedFields = [
      { manager: 'cloudnative', operation: 'Apply', time: '2026-01-01T10:00:00Z' },
      { manager: 'x', operation: 'Update', subresource: 'status', time: '2026-01-01T12:00:00Z' },
    ];
    const moments: [number, Pod[]][] = [
      [0, []],
      [6, []],
    ];
    const told = (time: string) => looks(moments, { events: event(time), metadata: { managedFields } });
    expect(await told('2026-01-01T09:59:59Z')).toEqual([undefined, undefined]);
    expect(await told('2026-01-01T10:00:00Z')).toEqual([undefined, 'certain refused: forbidden']);
  });

  test('the certain one of several is told', async () => {
    const bad = waiting('InvalidImageName', 'bad');
    bad.metadata.uid = 'q';
    expect(await looks([[0, [waiting('ErrImagePull', 'later'), bad]]])).toEqual([
      'certain image: cannot pull image x: bad',
    ]);
  });
});

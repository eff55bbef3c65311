import { expect, test } from 'vitest';
import type { KubernetesObject } from '../../../../src/core/kubernetes-object.ts';
import { progressing } from '../../../../src/status/verdicts.ts';
import type { Cluster } from '../../../../src/targets/kubernetes/cluster.ts';
import { unboundVerdict } from '../../../../src/targets/kubernetes/rollout/claims.ts';
import { createSightings } from '../../../../src/targets/kubernetes/rollout/sightings.ts';

/** The verdicts on a claim at the given seconds since the first look. */
async function verdictsAt(seconds: readonly number[], storageClass?: string) {
  let now = 0;
  const sightings = createSightings(() => now);
  const claim: KubernetesObject = {
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata: { name: 'data', uid: 'c' },
    spec: storageClass ? { storageClassName: 'local' } : {},
  };
  const event = { metadata: {}, type: 'Normal', reason: 'FailedBinding', message: 'no storage class is set' };
  const request = async ({ path }: { path: string }) => ({
    value: path.includes('storageclasses')
      ? { volumeBindingMode: storageClass }
      : { items: [event], metadata: {} },
    headers: {},
  });
  const cluster = { namespace: 'shop', api: { request } } as unknown as Cluster;
  const found = [];
  for (const second of [0, ...seconds]) {
    now = second * 1000;
    const look = unboundVerdict(
      claim,
      progressing('waits'),
      cluster,
      sightings,
      new AbortController().signal,
    );
    found.push(await look);
  }
  return found;
}

test('a claim without a volume says why after a moment, and holds up the rest for half a minute', async () => {
  expect(await verdictsAt([4, 29, 30])).toEqual([
    { readiness: 'progressing', reason: 'waits' },
    { readiness: 'progressing', reason: 'waits: no storage class is set' },
    { readiness: 'progressing', reason: 'waits: no storage class is set' },
    {
      readiness: 'ready',
      reason: 'waits',
      detail: 'no volume yet, which is not waited for any longer: no storage class is set',
    },
  ]);
});

test('a claim that binds with its first pod holds up nothing, one whose class binds at once does', async () => {
  expect((await verdictsAt([], 'WaitForFirstConsumer'))[0]).toEqual({
    readiness: 'ready',
    reason: 'waits for its first pod',
  });
  expect((await verdictsAt([], 'Immediate'))[0]!.readiness).toBe('progressing');
});

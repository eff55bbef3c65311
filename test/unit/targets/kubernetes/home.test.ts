import { expect, test } from 'vitest';
import type { KubernetesObject } from '../../../../src/core/kubernetes-object.ts';
import { ApiError, accessRefusal } from '../../../../src/targets/kubernetes/api/api-error.ts';
import type { Cluster } from '../../../../src/targets/kubernetes/cluster.ts';
import { inHome } from '../../../../src/targets/kubernetes/home.ts';
import { kubectlCommand } from '../../../../src/targets/kubernetes/kubectl-command.ts';
import { liveObjects } from '../../../../src/targets/kubernetes/plan/found-objects.ts';
import type { PlacedObject } from '../../../../src/targets/kubernetes/plan/placed-objects.ts';

const notFound = new ApiError(404, JSON.stringify({ kind: 'Status', reason: 'NotFound', message: 'gone' }));
const text = 'configmaps is forbidden: User "ci" cannot list resource "configmaps" in API group ""';
const forbidden = accessRefusal(
  new ApiError(403, JSON.stringify({ kind: 'Status', message: text })),
  'c',
  kubectlCommand('c'),
)!;

/** One whose namespace is there or not, and nothing of which we may see but cluster-wide roles. */
function clusterWith({ home }: { home: boolean }): Cluster {
  const request = async ({ path }: { path: string }) => {
    if (path === '/api/v1/namespaces/shop') {
      if (!home) throw notFound;
      return { value: { metadata: { name: 'shop' } }, headers: {} };
    }
    if (path.includes('/namespaces/')) throw forbidden;
    return { value: { kind: 'ClusterRole', metadata: { name: 'reader' } }, headers: {} };
  };
  return { namespace: 'shop', api: { request } } as unknown as Cluster;
}

test.each([
  ['not found', notFound],
  ['forbidden', forbidden],
])('what is %s in a namespace that is still to come can be done later', async (_, refusal) => {
  const work = () => Promise.reject(refusal);
  expect(await inHome(clusterWith({ home: false }), work)).toBe(false);
  await expect(inHome(clusterWith({ home: true }), work)).rejects.toBe(refusal);
});

test('what is done, or fails for another reason, needs no second look', async () => {
  expect(await inHome({} as Cluster, async () => undefined)).toBe(true);
  await expect(inHome({} as Cluster, () => Promise.reject(new Error('no')))).rejects.toThrow('no');
});

test('a namespace that is still to come holds nothing, also for those who may not look into it yet', async () => {
  const placed = (path: string, namespaced: boolean) =>
    ({ path, namespaced, object: { metadata: { name: 'reader' } } }) as unknown as PlacedObject;
  const all = [
    placed('/api/v1/namespaces/shop/configmaps/a', true),
    placed('/apis/rbac.authorization.k8s.io/v1/clusterroles/reader', false),
  ];
  const found = await liveObjects(all, Promise.resolve({ home: 'missing' }), clusterWith({ home: false }));
  expect([...found.values()].map(({ kind }: KubernetesObject) => kind)).toEqual(['ClusterRole']);
  const there = liveObjects(all, Promise.resolve({ home: 'there' }), clusterWith({ home: true }));
  await expect(there).rejects.toBe(forbidden);
});

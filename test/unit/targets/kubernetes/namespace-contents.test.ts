import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { KubernetesObject } from '../../../../src/core/kubernetes-object.ts';
import { othersIn } from '../../../../src/targets/kubernetes/prune/namespace-contents.ts';
import { fakeCluster } from './fake-cluster.ts';

/** Owned by those at these places of the list; `-1` is something that is not in the namespace. */
function object(index: number, owners: readonly number[] = [], more: object = {}): KubernetesObject {
  const ownerReferences = owners.map((owner) => ({ kind: 'ConfigMap', name: 'x', uid: `uid-${owner}` }));
  const metadata = { name: `name-${index}`, namespace: 'shop', uid: `uid-${index}`, ownerReferences };
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { ...metadata, ...more } };
}

const uids = (...indexes: number[]) => new Set(indexes.map((index) => `uid-${index}`));
const none = new Set<string>();

it('tells what is neither the app’s by its uid nor made for that, whatever its labels say', async () => {
  const labels = { 'cloudnative.dev/app': 'shop', 'cloudnative.dev/environment': 'staging' };
  const objects = [object(0), object(1, [0]), object(2, [1]), object(3, [], { labels })];
  const cluster = fakeCluster(objects);
  expect(await othersIn('shop', { own: uids(0), gone: none }, cluster)).toBe('ConfigMap/name-3');
  expect(await othersIn('shop', { own: uids(0, 3), gone: none }, cluster)).toBeUndefined();
});

it('tells of what should have gone and is still there, but not of what waits for the end of its owner', async () => {
  const cluster = fakeCluster([object(0), object(1, [7]), object(2, [], { deletionTimestamp: 'now' })]);
  expect(await othersIn('shop', { own: none, gone: uids(0, 7) }, cluster)).toBe('ConfigMap/name-0');
});

it('never takes for the app’s what has an owner that is not', async () => {
  const graph = fc.array(fc.array(fc.integer({ min: -1, max: 7 }), { maxLength: 2 }), {
    minLength: 1,
    maxLength: 8,
  });
  const property = fc.asyncProperty(graph, fc.subarray([0, 1, 2, 3]), async (owners, own) => {
    // One that nobody owns: what is told at once, so that nothing is waited for.
    const objects = [...owners.map((of, index) => object(index, of)), object(99)];
    const told = await othersIn('shop', { own: uids(...own), gone: none }, fakeCluster(objects));
    const isOwn = (index: number, seen: readonly number[] = []): boolean =>
      own.includes(index) ||
      (owners[index] !== undefined &&
        !seen.includes(index) &&
        owners[index].length > 0 &&
        owners[index].every((owner) => isOwn(owner, [...seen, index])));
    const foreign = owners.flatMap((_, index) => (isOwn(index) ? [] : [index]));
    const foreignUids = uids(...foreign);
    const roots = foreign.filter((index) => !owners[index]!.some((owner) => foreignUids.has(`uid-${owner}`)));
    expect(told?.match(/and (\d+) more/)?.[1] ?? '0').toBe(String(roots.length));
  });
  await fc.assert(property, { numRuns: 300 });
});

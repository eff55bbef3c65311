import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Change } from '../../../../src/core/change.ts';
import { ExpectedError } from '../../../../src/core/errors.ts';
import type { KubernetesObject } from '../../../../src/core/kubernetes-object.ts';
import { planDeploy } from '../../../../src/targets/kubernetes/plan/plan-deploy.ts';
import { planRemoval } from '../../../../src/targets/kubernetes/plan/plan-removal.ts';
import { guardedKinds } from '../../../../src/targets/kubernetes/prune/as-recorded.ts';
import {
  type Member,
  recordObject,
  recordPlace,
} from '../../../../src/targets/kubernetes/record/app-record.ts';
import { planRollback } from '../../../../src/targets/kubernetes/releases/plan-rollback.ts';
import { planUndo } from '../../../../src/targets/kubernetes/releases/plan-undo.ts';
import { figure } from '../../../support/trials.ts';
import { fakeCluster, resources } from './fake-cluster.ts';

const guarded = Object.keys(guardedKinds);
const place = { scope: { app: 'shop', environment: 'staging' }, namespace: 'shop' };

/** One object: whether it is there, recorded, wanted and how; and whether somebody has agreed to its replacement. */
const thing = fc.record({
  kind: fc.constantFrom('ConfigMap', 'Deployment', 'ClusterRole', ...guarded, ...guarded),
  there: fc.constantFrom(true, true, true, false),
  recorded: fc.constantFrom(true, true, true, false),
  wanted: fc.constantFrom('no', 'no', 'as it is', 'changed'),
  fixed: fc.constantFrom(false, false, true),
  replace: fc.constantFrom(false, true),
});
type Thing = typeof thing extends fc.Arbitrary<infer T> ? T : never;

const run = fc.record({
  what: fc.constantFrom('deploy', 'rollback', 'undo', 'destroy'),
  things: fc.array(thing, { minLength: 1, maxLength: 8 }),
  named: fc.subarray(guarded),
});
type Run = typeof run extends fc.Arbitrary<infer T> ? T : never;

it('neither deploy, rollback, its undoing nor destroy takes away data, namespaces or definitions that are not named, in 1,000 random plans', async () => {
  const count = { plans: 0, refused: 0, removed: 0, named: 0, replaced: 0 };
  const property = fc.asyncProperty(run, async (one) => {
    count.plans++;
    const changes = await changesOf(one).catch((error: unknown) => {
      if (!(error instanceof ExpectedError)) throw error;
      count.refused++;
      return [];
    });
    for (const { id, action } of changes) {
      if (action === 'remove') count.removed++;
      const kind = id.split('/')[0]!;
      if (!guarded.includes(kind)) continue;
      if (action === 'remove') {
        expect(['deploy', 'destroy']).toContain(one.what);
        expect(one.named).toContain(kind);
        count.named++;
      }
      if (action === 'replace') {
        expect(['PersistentVolumeClaim', 'PersistentVolume']).toContain(kind);
        expect(one.things.some((thing, index) => thing.replace && idOf(thing, index) === id)).toBe(true);
        count.replaced++;
      }
    }
  });
  const seed = Date.now() % 2 ** 31;
  await fc.assert(property, { numRuns: 1000, seed });
  figure(
    'K15',
    `${count.plans} random plans, ${count.refused} refused; ${count.removed} removals, of those of guarded kinds ${count.named}, all named, and ${count.replaced} replacements that were agreed to`,
    seed,
  );
  expect(Math.min(count.removed, count.named, count.replaced)).toBeGreaterThan(5);
  expect(count.refused).toBeLessThan(500);
});

async function changesOf({ what, things, named }: Run): Promise<readonly Change[]> {
  const live = things.flatMap((one, index) => (one.there ? [liveObject(one, index)] : []));
  const members = things.flatMap((one, index) => (one.recorded ? [memberOf(one, index)] : []));
  const record = recordObject(members, place);
  const home = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop', uid: 'home' } };
  const known = { ...record, metadata: { ...record.metadata, resourceVersion: '1', uid: 'record' } };
  const isFixed = ({ metadata }: KubernetesObject) =>
    things[Number(metadata.name.split('-')[1])]?.fixed ?? false;
  const cluster = fakeCluster([home, ...(members.length > 0 ? [known] : []), ...live], { fixed: isFixed });
  const wanted = things.flatMap((one, index) => (one.wanted === 'no' ? [] : [{ one, index }]));
  const objects = wanted.map(({ one, index }) => ({
    service: 'orders',
    object: wantedObject(one, index),
    at: 'a.yaml:1',
    file: 'a.yaml',
    line: 1,
  }));
  const replace = wanted.flatMap(({ one, index }) => (one.replace ? [idOf(one, index)] : []));
  const allowed = { forceConflicts: [], replace, preflight: true };
  const planning = { allowed, known: new Map(), seen: new Map(), pruneKinds: named };
  const services = [{ name: 'orders', calls: [] }];
  if (what === 'destroy') return planRemoval(undefined, cluster, { pruneKinds: named });
  if (what === 'rollback') {
    const release = { list: async () => [{ number: 1 }], content: async () => ({ services, objects }) };
    return planRollback(1, release as unknown as Parameters<typeof planRollback>[1], cluster, planning);
  }
  if (what === 'deploy') return planDeploy({ services, objects: async () => objects }, cluster, planning);
  const created = things.map((one, index) => ({
    id: idOf(one, index),
    action: 'create',
    service: 'orders',
    desired: { do: 'apply', path: `/${idOf(one, index)}` },
  }));
  const applied = new Map(things.map((one, index) => [idOf(one, index), liveObject(one, index)]));
  return planUndo({ changes: created } as unknown as Parameters<typeof planUndo>[0], applied, cluster);
}

function idOf({ kind }: Thing, index: number): string {
  return `${kind}/name-${index}`;
}

function wantedObject({ kind, wanted }: Thing, index: number): KubernetesObject {
  const { apiVersion } = resources.find((one) => one.kind === kind)!;
  const labels = { 'cloudnative.dev/app': 'shop', 'cloudnative.dev/environment': 'staging' };
  return { apiVersion, kind, metadata: { name: `name-${index}`, labels }, spec: { version: wanted } };
}

function liveObject(one: Thing, index: number): KubernetesObject {
  const { metadata, ...object } = wantedObject({ ...one, wanted: 'as it is' }, index);
  const { namespaced } = resources.find(({ kind }) => kind === one.kind)!;
  return {
    ...object,
    metadata: {
      ...metadata,
      ...(namespaced ? { namespace: 'shop' } : {}),
      labels: { ...metadata.labels, 'applyset.kubernetes.io/part-of': recordPlace(place).setId },
      uid: `uid-${index}`,
      resourceVersion: '1',
      managedFields: [{ manager: 'cloudnative', operation: 'Apply', fieldsV1: {} }],
    },
  };
}

function memberOf({ kind }: Thing, index: number): Member {
  const { group, namespaced } = resources.find((one) => one.kind === kind)!;
  const address = { group, kind, name: `name-${index}`, ...(namespaced ? { namespace: 'shop' } : {}) };
  return { ...address, uid: `uid-${index}`, service: 'orders' };
}

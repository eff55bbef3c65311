import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Change } from '../../../../../src/core/change.ts';
import type { KubernetesObject } from '../../../../../src/core/kubernetes-object.ts';
import { inOrder } from '../../../../../src/engine/apply-plan.ts';
import {
  type Leftover,
  leftBehind,
  removalsOf,
} from '../../../../../src/targets/kubernetes/releases/left-behind.ts';
import type { RemoveStep } from '../../../../../src/targets/kubernetes/step.ts';

const place = { scope: { app: 'shop', environment: 'staging' }, namespace: 'shop' };
const kinds: [string, string, boolean][] = [
  ['v1', 'ConfigMap', true],
  ['v1', 'Secret', true],
  ['v1', 'Service', true],
  ['apps/v1', 'Deployment', true],
  ['batch/v1', 'Job', true],
  ['autoscaling/v2', 'HorizontalPodAutoscaler', true],
  ['v1', 'PersistentVolumeClaim', true],
  ['v1', 'PersistentVolume', false],
  ['v1', 'Namespace', false],
  ['apiextensions.k8s.io/v1', 'CustomResourceDefinition', false],
  ['rbac.authorization.k8s.io/v1', 'ClusterRole', false],
];
const guarded = ['PersistentVolumeClaim', 'PersistentVolume', 'Namespace', 'CustomResourceDefinition'];

/** What can be wrong with a live object, so that it must stay. */
const flaws = {
  none: (object: KubernetesObject) => object,
  'another app': (object: KubernetesObject) => labelled(object, { 'cloudnative.dev/app': 'bank' }),
  'another environment': (object: KubernetesObject) =>
    labelled(object, { 'cloudnative.dev/environment': 'live' }),
  'another namespace': ({ metadata, ...rest }: KubernetesObject) =>
    labelled(
      {
        ...rest,
        metadata: { ...metadata, ...(metadata.namespace ? { namespace: 'bank' } : {}) },
      } as KubernetesObject,
      {
        'cloudnative.dev/namespace': 'bank',
      },
    ),
  'not applied by us': (object: KubernetesObject) =>
    meta(object, { managedFields: [{ manager: 'kubectl', operation: 'Apply' }] }),
  'on its way out': (object: KubernetesObject) => meta(object, { deletionTimestamp: '2026-01-01T00:00:00Z' }),
  'owned by another object': (object: KubernetesObject) => meta(object, { ownerReferences: [{ uid: 'x' }] }),
  'to be kept': (object: KubernetesObject) =>
    meta(object, { annotations: { 'cloudnative.dev/prune': 'keep' } }),
} as const;

function meta(object: KubernetesObject, more: object): KubernetesObject {
  return { ...object, metadata: { ...object.metadata, ...more } };
}

function labelled(object: KubernetesObject, more: Record<string, string>): KubernetesObject {
  return meta(object, { labels: { ...object.metadata.labels, ...more } });
}

const stored = fc
  .record({
    kind: fc.nat(kinds.length - 1),
    name: fc.constantFrom('a', 'b', 'c', 'd'),
    service: fc.constantFrom('orders', 'catalog'),
  })
  .map(({ kind, name, service }) => {
    const [apiVersion, kindName, namespaced] = kinds[kind]!;
    const object = {
      apiVersion,
      kind: kindName,
      metadata: { name, ...(namespaced ? { namespace: 'shop' } : {}) },
    };
    return { service, at: 'a.yaml:1', object: object as KubernetesObject };
  });
const release = fc.array(stored, { maxLength: 12 });
const idOf = ({ kind, metadata }: KubernetesObject) => `${kind}/${metadata.name}`;

describe('what a rollback removes', () => {
  it('is never wanted, another’s, data, a namespace, a definition, or a version that a release needs: in 1,000 random clusters', () => {
    let removed = 0;
    fc.assert(
      fc.property(
        fc.array(release, { maxLength: 4 }),
        release,
        fc.array(fc.constantFrom(...(Object.keys(flaws) as (keyof typeof flaws)[])), {
          minLength: 48,
          maxLength: 48,
        }),
        fc.subarray(['ConfigMap/a', 'Secret/b']),
        (others, wanted, picked, versions) => {
          const flawOf = new Map<string, keyof typeof flaws>();
          const leftovers = leftBehind(others.flat(), wanted).map(({ service, object }, index): Leftover => {
            const flaw = picked[index % picked.length]!;
            flawOf.set(`uid-${index}`, flaw);
            const live = labelled(
              meta(object, {
                uid: `uid-${index}`,
                managedFields: [{ manager: 'cloudnative', operation: 'Apply', fieldsV1: {} }],
              }),
              {
                'cloudnative.dev/app': 'shop',
                'cloudnative.dev/environment': 'staging',
                ...(object.metadata.namespace ? {} : { 'cloudnative.dev/namespace': 'shop' }),
              },
            );
            const pods = ['Deployment', 'Job'].includes(object.kind)
              ? { path: '/pods', owners: [] }
              : undefined;
            return { service, live: flaws[flaw](live), path: `/${idOf(object)}`, pods };
          });
          const applied = wanted.map(
            ({ object }): Change => ({ id: idOf(object), action: 'update', fields: [], after: [] }),
          );
          const changes = removalsOf(leftovers, applied, new Set(versions), place);
          const going = changes.filter(({ action }) => action === 'remove');
          removed += going.length;
          const wantedIds = new Set(wanted.map(({ object }) => idOf(object)));
          for (const { id, desired } of going) {
            const { uid } = desired as RemoveStep;
            expect(flawOf.get(uid)).toBe('none');
            expect(guarded).not.toContain(id.replace(/\/.*/, ''));
            expect(wantedIds.has(id)).toBe(false);
            expect(versions).not.toContain(id);
          }
          expect(new Set(changes.map(({ id }) => id)).size).toBe(changes.length);
          // Nothing goes before everything wanted is as it shall be, and the plan has an order.
          for (const { after } of going) for (const { id } of applied) expect(after).toContain(id);
          inOrder([...applied, ...changes]);
        },
      ),
      { numRuns: 1000 },
    );
    expect(removed).toBeGreaterThan(500);
  });

  it('knows an object by its group whatever its version, and another of its kind’s name by its group', () => {
    const at = (apiVersion: string, kind = 'Ingress') => ({
      service: 'orders',
      at: '',
      object: { apiVersion, kind, metadata: { name: 'a', namespace: 'shop' } },
    });
    expect(leftBehind([at('networking.k8s.io/v1beta1')], [at('networking.k8s.io/v1')])).toEqual([]);
    expect(leftBehind([at('extensions/v1beta1')], [at('networking.k8s.io/v1')])).toHaveLength(1);
    expect(leftBehind([at('v1'), at('v1')], [])).toHaveLength(1);
  });
});

import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { KubernetesObject } from '../../../src/core/kubernetes-object.ts';
import { readiness } from '../../../src/status/readiness.ts';
import type { ReadinessRule } from '../../../src/workspace/model.ts';

const kinds = [
  'apps/v1 Deployment',
  'apps/v1 ReplicaSet',
  'apps/v1 StatefulSet',
  'apps/v1 DaemonSet',
  'batch/v1 Job',
  'v1 Pod',
  'v1 Service',
  'v1 Namespace',
  'v1 PersistentVolume',
  'v1 PersistentVolumeClaim',
  'apiextensions.k8s.io/v1 CustomResourceDefinition',
  'apiregistration.k8s.io/v1 APIService',
  'autoscaling/v2 HorizontalPodAutoscaler',
  'example.com/v1 Database',
];
const rules: ReadinessRule[] = [
  {
    ...{ group: 'example.com', kind: 'Database' },
    ready: { condition: 'Ready', status: 'True' },
    failed: { field: 'status.phase', is: ['Lost'] },
  },
];
const names = [
  ...['conditions', 'phase', 'type', 'status', 'reason', 'message', 'observedGeneration', 'replicas'],
  ...[
    'readyReplicas',
    'updatedReplicas',
    'availableReplicas',
    'updateStrategy',
    'rollingUpdate',
    'partition',
  ],
  ...[
    'containerStatuses',
    'initContainerStatuses',
    'state',
    'lastState',
    'waiting',
    'terminated',
    'exitCode',
  ],
  ...['name', 'image', 'restartCount', 'loadBalancer', 'ingress', 'ip', 'deletionTimestamp', 'finalizers'],
  ...['paused', 'suspend', 'completions', 'clusterIP', 'generation', '__proto__', 'constructor'],
];
const words = fc.constantFrom(
  ...[
    '',
    'True',
    'False',
    'Ready',
    'Stalled',
    'Failed',
    'Running',
    'Pending',
    'PodScheduled',
    'Unschedulable',
  ],
  ...['CrashLoopBackOff', 'ErrImagePull', 'LoadBalancer', 'OnDelete', 'Progressing', 'a'],
);
/** JSON of the fields and words that verdicts are made of, each of any type. */
const { json } = fc.letrec<{ json: unknown }>((tie) => ({
  json: fc.oneof(
    { depthSize: 'medium', withCrossShrink: true },
    fc.constant(null),
    fc.boolean(),
    fc.integer({ min: -1, max: 3 }),
    words,
    fc.array(tie('json'), { maxLength: 3 }),
    fc.dictionary(fc.constantFrom(...names), tie('json'), { maxKeys: 6 }),
  ),
}));
const object = fc
  .record({
    type: fc.constantFrom(...kinds),
    metadata: fc.dictionary(fc.constantFrom(...names), json),
    spec: json,
    status: fc.oneof(json, fc.dictionary(fc.constantFrom(...names), json)),
  })
  .map(({ type, metadata, spec, status }): KubernetesObject => {
    const [apiVersion, kind] = type.split(' ') as [string, string];
    return { apiVersion, kind, metadata: { ...metadata, name: 'a' }, spec, status };
  });

it('has a verdict on whatever an object holds, with and without a rule for its kind', () =>
  fc.assert(
    fc.property(object, fc.boolean(), (one, declared) => {
      const { readiness: word, reason } = readiness(one, declared ? rules : []);
      expect(['ready', 'progressing', 'failed']).toContain(word);
      expect(reason).toEqual(expect.any(String));
      expect(reason).not.toBe('');
    }),
    { numRuns: 2000 },
  ));

it('takes null and what is of another type for not there', () => {
  const database = { apiVersion: 'example.com/v1', kind: 'Database', metadata: { name: 'a', generation: 2 } };
  const pod = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'a' } };
  for (const conditions of [null, '', [null], [[]], {}, 3])
    expect(readiness({ ...database, status: { conditions } })).toEqual({
      readiness: 'ready',
      reason: 'present',
    });
  for (const conditions of [null, [null]])
    expect(readiness({ ...database, status: { conditions } }, rules)).toMatchObject({
      reason: 'has no condition Ready yet',
    });
  const ready = { type: 'Ready', status: 'True' };
  expect(readiness({ ...database, status: { conditions: [null, ready] } })).toMatchObject({
    reason: 'ready',
  });
  expect(readiness({ ...pod, status: { containerStatuses: null, phase: 0 } })).toMatchObject({
    readiness: 'progressing',
  });
});

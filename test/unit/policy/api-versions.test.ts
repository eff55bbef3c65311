import { describe, expect, test } from 'vitest';
import { loadApiSchema } from '../../../src/policy/schema/api-schema.ts';
import { saidOf } from './manifests-of.ts';

const object = (apiVersion: string, kind: string) =>
  `apiVersion: ${apiVersion}\nkind: ${kind}\nmetadata: {name: a}\n`;

describe('an API version', () => {
  test.each([
    [
      'extensions/v1beta1',
      'Ingress',
      'error 1:1 apiVersion is extensions/v1beta1, which is gone since Kubernetes 1.22: use networking.k8s.io/v1',
    ],
    [
      'batch/v1beta1',
      'CronJob',
      'error 1:1 apiVersion is batch/v1beta1, which is gone since Kubernetes 1.25: use batch/v1',
    ],
    [
      'autoscaling/v2beta2',
      'HorizontalPodAutoscaler',
      'error 1:1 apiVersion is autoscaling/v2beta2, which is gone since Kubernetes 1.26: use autoscaling/v2',
    ],
    [
      'policy/v1beta1',
      'PodSecurityPolicy',
      'error 1:1 apiVersion is policy/v1beta1, which is gone since Kubernetes 1.25',
    ],
    [
      'apiextensions.k8s.io/v1beta1',
      'CustomResourceDefinition',
      'error 1:1 apiVersion is apiextensions.k8s.io/v1beta1, which is gone since Kubernetes 1.22: use apiextensions.k8s.io/v1',
    ],
  ])('that no supported Kubernetes has is an error: %s %s', async (apiVersion, kind, message) => {
    expect(await saidOf(object(apiVersion, kind))).toEqual([message]);
  });

  test('that only older ones have is a warning, since the cluster may be one of them', async () => {
    const said = await saidOf(object('flowcontrol.apiserver.k8s.io/v1beta3', 'FlowSchema'));
    expect(said).toContain(
      'warning 1:1 apiVersion is flowcontrol.apiserver.k8s.io/v1beta3, which is gone since Kubernetes 1.32: use flowcontrol.apiserver.k8s.io/v1',
    );
  });

  test('that is deprecated is a warning', async () => {
    const said = await saidOf(
      `${object('certificates.k8s.io/v1beta1', 'ClusterTrustBundle')}spec: {trustBundle: a}\n`,
    );
    expect(said).toEqual([
      'warning 1:1 apiVersion is certificates.k8s.io/v1beta1, which is deprecated since Kubernetes 1.37 and goes with 1.40: use certificates.k8s.io/v1',
    ]);
  });

  test('that nobody knows is passed over with a note, in a group of its own', async () => {
    expect(await saidOf(object('example.com/v1', 'Widget'))).toEqual([
      'note 2:1 kind Widget in example.com/v1 is not judged: its definition is not among these manifests',
    ]);
  });

  test('that nobody knows is an error, in a group of Kubernetes', async () => {
    expect(await saidOf(object('apps/v2', 'Deployment'))).toEqual([
      'error 1:1 apiVersion Kubernetes up to 1.37 has no Deployment in apps/v2: use apps/v1',
    ]);
  });
});

test('the schema knows the kinds of Kubernetes 1.30 to 1.37, each type that is named, and no other', async () => {
  const schema = await loadApiSchema();
  expect([schema.from, schema.to]).toEqual([30, 37]);
  expect(schema.kind('apps/v1', 'Deployment')).toEqual({ type: 'Deployment', namespaced: true });
  expect(schema.kind('rbac.authorization.k8s.io/v1', 'ClusterRole')).toMatchObject({ namespaced: false });
  expect(schema.kind('v1', 'toString')).toBeUndefined();
  expect(schema.kind('constructor', 'name')).toBeUndefined();
  expect(schema.kind('resource.k8s.io/v1alpha2', 'ResourceClass')).toBeDefined(); // of 1.30 alone
  expect(schema.kind('scheduling.k8s.io/v1beta1', 'PodGroup')).toBeDefined(); // since 1.37
  const seen = new Set<string>();
  const visit = (type: string) => {
    if (seen.has(type)) return;
    seen.add(type);
    for (const [, field] of schema.fields(type)) {
      let inner = field.type;
      while (inner.is === 'list' || inner.is === 'map') inner = inner.of;
      if (inner.is === 'object') visit(inner.name);
    }
  };
  for (const kind of schema.allKinds())
    for (const version of schema.versionsOf(kind)) visit(schema.kind(version, kind)!.type);
  expect(seen.size).toBeGreaterThan(600);
});

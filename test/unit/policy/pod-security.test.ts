import { describe, expect, test } from 'vitest';
import type { KubernetesObject } from '../../../src/core/kubernetes-object.ts';
import { podSecurityViolations } from '../../../src/policy/pod-security/pod-security.ts';
import { podTemplateOf } from '../../../src/policy/workloads.ts';

const safe = {
  allowPrivilegeEscalation: false,
  capabilities: { drop: ['ALL'] },
  runAsNonRoot: true,
  seccompProfile: { type: 'RuntimeDefault' },
};
const pod = (spec: object, securityContext: object = safe): KubernetesObject => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'a' },
  spec: { containers: [{ name: 'a', image: 'a', securityContext }], ...spec },
});
const ids = (object: KubernetesObject, minor?: number, level: 'baseline' | 'restricted' = 'restricted') =>
  podSecurityViolations(podTemplateOf(object)!, level, minor).map(({ id }) => id);

// What no server of the test lab has yet: agreement with it is tested elsewhere.
describe('the standard since 1.35', () => {
  test('lets pods in a user namespace run as root', () => {
    const root = pod({ hostUsers: false }, { ...safe, runAsNonRoot: false, runAsUser: 0 });
    expect(ids(root, 34)).toEqual(['run-as-non-root', 'run-as-user']);
    expect(ids(root, 35)).toEqual([]);
    expect(ids(pod({}, { ...safe, runAsUser: 0 }), 35)).toEqual(['run-as-user']);
  });

  test('lets them have an unmasked /proc at level baseline only', () => {
    const unmasked = pod({ hostUsers: false }, { ...safe, procMount: 'Unmasked' });
    expect(ids(unmasked, 34, 'baseline')).toEqual(['proc-mount']);
    expect(ids(unmasked, 35, 'baseline')).toEqual([]);
    expect(ids(unmasked, 35)).toEqual(['proc-mount-restricted']);
  });
});

test('the standard of 1.37 has two more safe sysctls', () => {
  const tuned = pod({ securityContext: { sysctls: [{ name: 'net.ipv4.tcp_notsent_lowat', value: '1' }] } });
  expect(ids(tuned, 36)).toEqual(['sysctls']);
  expect(ids(tuned)).toEqual([]);
});

test('pods of Windows need no Linux settings', () => {
  const windows = pod({ os: { name: 'windows' } }, { runAsNonRoot: true });
  expect(ids(windows)).toEqual([]);
  expect(ids(pod({}, { runAsNonRoot: true }))).toEqual([
    'privilege-escalation',
    'seccomp-restricted',
    'capabilities-drop',
  ]);
});

test.each(['Deployment', 'StatefulSet', 'DaemonSet', 'ReplicaSet'])('the pods of a %s are found', (kind) => {
  const object = {
    apiVersion: 'apps/v1',
    kind,
    metadata: { name: 'a' },
    spec: { template: { spec: pod({ hostNetwork: true }).spec } },
  };
  expect(podSecurityViolations(podTemplateOf(object)!, 'baseline')).toEqual([
    {
      id: 'host-namespaces',
      path: ['spec', 'template', 'spec', 'hostNetwork'],
      wanted: 'must not be true',
    },
  ]);
});

test.each([
  ['batch/v1', 'Job', (spec: unknown) => ({ spec: { template: { spec } } })],
  ['batch/v1', 'CronJob', (spec: unknown) => ({ spec: { jobTemplate: { spec: { template: { spec } } } } })],
  ['v1', 'ReplicationController', (spec: unknown) => ({ spec: { template: { spec } } })],
  ['v1', 'PodTemplate', (spec: unknown) => ({ template: { spec } })],
])('and those of %s %s', (apiVersion, kind, rest) => {
  const object = { apiVersion, kind, metadata: { name: 'a' }, ...rest(pod({ hostPID: true }).spec) };
  expect(ids(object, 37, 'baseline')).toEqual(['host-namespaces']);
});

import { expect, it } from 'vitest';
import { handEdits } from '../../../../src/targets/kubernetes/observe/hand-edits.ts';
import { ownedPaths } from '../../../../src/targets/kubernetes/observe/owned-paths.ts';

it('shows paths as plans do', () => {
  const fields = {
    'f:metadata': {
      'f:labels': { '.': {}, 'f:team': {}, 'f:example.com/tier': {} },
      'f:finalizers': { 'v:"a/b"': {} },
    },
    'f:spec': {
      'f:replicas': {},
      'f:template': { 'f:spec': { 'f:containers': { 'k:{"name":"orders"}': { '.': {}, 'f:image': {} } } } },
      'f:ports': { 'k:{"port":80,"protocol":"TCP"}': { '.': {} } },
    },
  };
  expect(ownedPaths(fields)).toEqual([
    'metadata.labels.team',
    'metadata.labels[example.com/tier]',
    'metadata.finalizers[a/b]',
    'spec.replicas',
    'spec.template.spec.containers[orders].image',
    'spec.ports[80]',
  ]);
});

const own = {
  manager: 'cloudnative',
  operation: 'Apply',
  time: '2026-01-02T10:00:00Z',
  fieldsV1: {},
} as const;
const replicas = { 'f:spec': { 'f:replicas': {} } };
const object = (...managedFields: object[]) => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'orders', managedFields },
});

it.each([
  [
    'by kubectl since the deploy',
    { manager: 'kubectl-edit', time: '2026-01-02T10:00:01Z' },
    ['kubectl-edit spec.replicas'],
  ],
  [
    'through a subresource',
    { manager: 'kubectl', subresource: 'scale', time: '2026-01-02T10:00:01Z' },
    ['kubectl scale spec.replicas'],
  ],
  ['nothing from before the deploy', { manager: 'kubectl-edit', time: '2026-01-02T09:00:00Z' }, []],
  ['nothing of a controller', { manager: 'kube-controller-manager', time: '2026-01-02T11:00:00Z' }, []],
  ['nothing of the status', { manager: 'kubectl', subresource: 'status', time: '2026-01-02T11:00:00Z' }, []],
])('tells of what was written %s', (_, entry, expected) => {
  const edits = handEdits(object(own, { operation: 'Update', fieldsV1: replicas, ...entry }));
  expect(edits.map(({ by, fields }) => `${by} ${fields.join(' ')}`)).toEqual(expected);
});

it('tells nothing of an object that was never deployed', () => {
  const entry = {
    manager: 'kubectl-edit',
    operation: 'Update',
    time: '2026-01-02T11:00:00Z',
    fieldsV1: replicas,
  };
  expect(handEdits(object(entry))).toEqual([]);
});

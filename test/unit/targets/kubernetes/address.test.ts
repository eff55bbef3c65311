import { expect, it } from 'vitest';
import { objectIds } from '../../../../src/targets/kubernetes/address.ts';
import { applySetId, hintsFor } from '../../../../src/targets/kubernetes/record/apply-set.ts';

it('names each object as short as is unique', () => {
  const a = { group: 'networking.k8s.io', kind: 'Ingress', namespace: 'shop', name: 'a' };
  const b = { group: 'extensions', kind: 'Ingress', namespace: 'shop', name: 'a' };
  const c = { group: '', kind: 'ConfigMap', namespace: 'shop', name: 'c' };
  expect(objectIds([a, b, c])).toEqual([
    'Ingress.networking.k8s.io/a',
    'Ingress.extensions/a',
    'ConfigMap/c',
  ]);
  expect(objectIds([c, { ...c, namespace: 'other' }])).toEqual(['ConfigMap/shop/c', 'ConfigMap/other/c']);
  expect(objectIds([b], ['Ingress/a'])).toEqual(['Ingress.extensions/a']);
});

// As `kubectl apply --prune --applyset=configmap/my-set -n prune-probe` computes it.
it('makes the id that kubectl expects', () => {
  const parent = { group: '', kind: 'ConfigMap', namespace: 'prune-probe', name: 'my-set' };
  expect(applySetId(parent)).toBe('applyset-gOFQwd9Qy1jdNr4WUCcSP6F65fGHEpVEgwCxjneCqYE-v1');
});

it('tells other tools where to look, sorted and once', () => {
  const member = (kind: string, group: string, namespace?: string) => ({ kind, group, namespace, name: 'a' });
  const members = [
    member('Service', '', 'shop'),
    member('Deployment', 'apps', 'shop'),
    member('ConfigMap', '', 'b'),
    member('ConfigMap', '', 'a'),
    member('ClusterRole', 'rbac.authorization.k8s.io'),
  ];
  expect(hintsFor(members, 'shop')).toEqual({
    'applyset.kubernetes.io/contains-group-kinds':
      'ClusterRole.rbac.authorization.k8s.io,ConfigMap,Deployment.apps,Service',
    'applyset.kubernetes.io/additional-namespaces': 'a,b',
  });
});

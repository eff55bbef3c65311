import { expect, it } from 'vitest';
import { removalOrder } from '../../../../src/targets/kubernetes/prune/removal-order.ts';

const removal = (group: string, kind: string) => ({ id: kind, address: { group, kind, name: 'a' } });

it('removes what acts on pods first, then pods, then what they use, then definitions and namespaces', () => {
  const order = removalOrder([
    removal('', 'Namespace'),
    removal('apiextensions.k8s.io', 'CustomResourceDefinition'),
    removal('', 'ConfigMap'),
    removal('rbac.authorization.k8s.io', 'Role'),
    removal('apps', 'Deployment'),
    removal('batch', 'Job'),
    removal('autoscaling', 'HorizontalPodAutoscaler'),
    removal('admissionregistration.k8s.io', 'ValidatingWebhookConfiguration'),
    removal('example.com', 'Widget'),
  ]);
  const first = ['HorizontalPodAutoscaler', 'ValidatingWebhookConfiguration', 'Widget'];
  expect(Object.fromEntries(order)).toEqual({
    HorizontalPodAutoscaler: [],
    ValidatingWebhookConfiguration: [],
    Widget: [],
    Deployment: first,
    Job: first,
    ConfigMap: ['Deployment', 'Job'],
    Role: ['Deployment', 'Job'],
    CustomResourceDefinition: ['ConfigMap', 'Role'],
    Namespace: ['CustomResourceDefinition'],
  });
});

it('waits for the nearest that is there', () => {
  const order = removalOrder([removal('', 'ConfigMap'), removal('example.com', 'Widget')]);
  expect(order.get('ConfigMap')).toEqual(['Widget']);
});

it('removes what depends on something before that, also against the order of kinds', () => {
  const order = removalOrder([
    { ...removal('', 'ConfigMap'), dependsOn: ['Deployment', 'gone'] },
    removal('apps', 'Deployment'),
    { ...removal('apps', 'StatefulSet'), dependsOn: ['Deployment'] },
    removal('', 'Secret'),
  ]);
  expect(Object.fromEntries(order)).toEqual({
    StatefulSet: [],
    ConfigMap: ['StatefulSet'],
    Deployment: ['ConfigMap', 'StatefulSet'],
    Secret: ['StatefulSet'],
  });
});

it('goes by kinds alone where what objects say is a circle', () => {
  const order = removalOrder([
    { ...removal('', 'ConfigMap'), dependsOn: ['Secret'] },
    { ...removal('', 'Secret'), dependsOn: ['ConfigMap'] },
    removal('apps', 'Deployment'),
  ]);
  expect(Object.fromEntries(order)).toEqual({
    Deployment: [],
    ConfigMap: ['Deployment'],
    Secret: ['Deployment'],
  });
});

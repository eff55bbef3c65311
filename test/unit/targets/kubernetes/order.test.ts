import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { inOrder } from '../../../../src/engine/apply-plan.ts';
import { orderOf } from '../../../../src/targets/kubernetes/plan/order.ts';
import type { PlacedObject } from '../../../../src/targets/kubernetes/plan/placed-objects.ts';
import type { Service } from '../../../../src/workspace/model.ts';

const pods = { spec: { template: { spec: { containers: [{ name: 'a' }] } } } };
const objects: Record<string, object> = {
  'v1 Namespace': {},
  'apiextensions.k8s.io/v1 CustomResourceDefinition': {},
  'v1 ConfigMap': {},
  'v1 Service': {},
  'apps/v1 Deployment': pods,
  'batch/v1 Job': pods,
  'autoscaling/v2 HorizontalPodAutoscaler': {},
};

const placed = (service: string, type: string) => {
  const [apiVersion, kind] = type.split(' ') as [string, string];
  const object = { apiVersion, kind, metadata: { name: service }, ...objects[type] };
  return { id: `${kind}/${service}`, desired: { object, service } as unknown as PlacedObject };
};
const service = (name: string, ...calls: string[]) => ({ name, calls }) as unknown as Service;

describe('orderOf', () => {
  test('namespaces and definitions, what pods use, workloads, what refers to them', () => {
    const order = orderOf(
      Object.keys(objects).map((type) => placed('orders', type)),
      [service('orders')],
    );
    const first = ['CustomResourceDefinition/orders', 'Namespace/orders'];
    const used = ['ConfigMap/orders', ...first, 'Service/orders'].sort();
    expect(order.get('Namespace/orders')).toEqual([]);
    expect(order.get('Service/orders')).toEqual(first);
    expect(order.get('Deployment/orders')).toEqual(used);
    expect(order.get('Job/orders')).toEqual(used);
    expect(order.get('HorizontalPodAutoscaler/orders')).toEqual(
      [...used, 'Deployment/orders', 'Job/orders'].sort(),
    );
  });

  test('a workload after those of the services that its own calls, as far as they are in the plan', () => {
    const order = orderOf(
      ['orders', 'catalog'].map((name) => placed(name, 'apps/v1 Deployment')),
      [service('orders', 'catalog', 'elsewhere'), service('catalog')],
    );
    expect(order.get('Deployment/orders')).toEqual(['Deployment/catalog']);
    expect(order.get('Deployment/catalog')).toEqual([]);
  });

  test('never a circle, whoever calls whom', () => {
    const names = ['a', 'b', 'c', 'd', 'e'];
    const calls = fc.tuple(...names.map(() => fc.subarray(names)));
    fc.assert(
      fc.property(calls, (all) => {
        const order = orderOf(
          names.map((name) => placed(name, 'apps/v1 Deployment')),
          names.map((name, index) => service(name, ...all[index]!)),
        );
        const changes = [...order].map(([id, after]) => ({ id, after, action: 'none' as const, fields: [] }));
        expect(inOrder(changes)).toHaveLength(names.length);
      }),
    );
  });
});

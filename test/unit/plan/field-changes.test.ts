import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { KubernetesObject } from '../../../src/core/kubernetes-object.ts';
import { fieldChanges } from '../../../src/plan/field-changes.ts';

const object = (fields: object, kind = 'Deployment'): KubernetesObject => ({
  apiVersion: 'v1',
  kind,
  metadata: { name: 'orders' },
  ...fields,
});
const changes = (before: object, after: object) => fieldChanges(object(before), object(after));

describe('fieldChanges', () => {
  test('names fields by path, list items by the field that tells them apart', () => {
    const spec = (image: string, level: string, port: number) => ({
      spec: {
        template: {
          spec: {
            containers: [
              { name: 'side', image: 's' },
              {
                name: 'orders',
                image,
                env: [{ name: 'LOG_LEVEL', value: level }],
                ports: [{ containerPort: port, hostPort: 1 }],
              },
            ],
          },
        },
      },
    });
    expect(changes(spec('a:1', 'info', 80), spec('a:2', 'debug', 81))).toEqual([
      { path: 'spec.template.spec.containers[orders].env[LOG_LEVEL].value', before: 'info', after: 'debug' },
      { path: 'spec.template.spec.containers[orders].image', before: 'a:1', after: 'a:2' },
      { path: 'spec.template.spec.containers[orders].ports[80].hostPort', before: '1' },
      { path: 'spec.template.spec.containers[orders].ports[81].hostPort', after: '1' },
    ]);
  });

  test('finds nothing in what only the server writes, in order of list items, and in nulls', () => {
    const live = {
      metadata: {
        name: 'orders',
        uid: '1',
        resourceVersion: '5',
        generation: 3,
        creationTimestamp: 'x',
        managedFields: [{}],
      },
      spec: { env: [{ name: 'a' }, { name: 'b' }], strategy: null },
      status: { replicas: 1 },
    };
    const same = {
      metadata: { name: 'orders', generation: 4 },
      spec: { env: [{ name: 'b' }, { name: 'a' }] },
    };
    expect(changes(live, same)).toEqual([]);
  });

  test('shows values without items of their own whole, and items without a name by index', () => {
    expect(
      changes(
        { spec: { args: ['a'], rules: [{ a: 1 }, { a: 1 }] } },
        { spec: { args: ['a', 'b'], rules: [{ a: 1 }, { a: 2 }] } },
      ),
    ).toEqual([
      { path: 'spec.args', before: '["a"]', after: '["a","b"]' },
      { path: 'spec.rules[1].a', before: '1', after: '2' },
    ]);
  });

  test('shows what comes and goes by its fields, empty objects too', () => {
    expect(
      changes(
        { spec: { volumes: [{ name: 'a', emptyDir: {} }] } },
        { spec: { volumes: [{ name: 'b', configMap: { name: 'x' } }], paused: false } },
      ),
    ).toEqual([
      { path: 'spec.paused', after: 'false' },
      { path: 'spec.volumes[a].emptyDir', before: '{}' },
      { path: 'spec.volumes[b].configMap.name', after: 'x' },
    ]);
    expect(changes({ spec: {} }, { spec: { ingress: [] } })).toEqual([{ path: 'spec.ingress', after: '[]' }]);
    expect(changes({ spec: { env: [] } }, { spec: { env: [{ name: 'A' }] } })).toEqual([
      { path: 'spec.env[A]', after: '{}' },
    ]);
  });

  test('brackets keys that are no plain words', () => {
    const labels = (value: string) => ({
      metadata: { name: 'orders', labels: { 'cloudnative.dev/app': value } },
    });
    expect(changes(labels('a'), labels('b'))).toEqual([
      { path: 'metadata.labels[cloudnative.dev/app]', before: 'a', after: 'b' },
    ]);
  });

  test('shows that a type changed', () => {
    expect(changes({ spec: { port: 80 } }, { spec: { port: { name: 'x' } } })).toEqual([
      { path: 'spec.port', before: '80', after: '{"name":"x"}' },
    ]);
  });

  test('never holds a value of a Secret', () => {
    const secret = (value: string) =>
      object(
        {
          metadata: {
            name: 's',
            annotations: { 'kubectl.kubernetes.io/last-applied-configuration': `{"data":"${value}"}` },
          },
          data: { password: value },
          stringData: { 'other.key': value },
          type: 'Opaque',
        },
        'Secret',
      );
    const found = fieldChanges(secret('canary-1'), secret('canary-2'));
    expect(found).toEqual([
      { path: 'data.password', secret: true },
      { path: 'metadata.annotations[kubectl.kubernetes.io/last-applied-configuration]', secret: true },
      { path: 'stringData[other.key]', secret: true },
    ]);
    const { data: _, ...without } = secret('canary-1');
    expect(JSON.stringify(fieldChanges(without as KubernetesObject, secret('canary-1')))).not.toContain(
      'canary',
    );
  });

  test('is empty exactly for equal objects, and mirrors when they are swapped', () => {
    const value = fc.jsonValue({ maxDepth: 3 });
    const spec = fc.record({ spec: value });
    const clean = (json: unknown): unknown =>
      Array.isArray(json)
        ? json.map(clean)
        : json && typeof json === 'object'
          ? Object.fromEntries(
              Object.entries(json)
                .filter(([, child]) => child !== null)
                .map(([key, child]) => [key, clean(child)]),
            )
          : json;
    fc.assert(
      fc.property(spec, spec, (a, b) => {
        expect(changes(a, structuredClone(a))).toEqual([]);
        const there = changes(a, b);
        const back = changes(b, a).map(({ path, before, after }) => ({
          path,
          ...(after === undefined ? {} : { before: after }),
          ...(before === undefined ? {} : { after: before }),
        }));
        expect(back).toEqual(there);
        if (there.length === 0) expect(JSON.stringify(sort(clean(a)))).toBe(JSON.stringify(sort(clean(b))));
      }),
    );
  });
});

function sort(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sort);
  if (!value || typeof value !== 'object') return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, child]) => [key, sort(child)]),
  );
}

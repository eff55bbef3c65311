import { expect, test } from 'vitest';
import { readFieldPath, shownFieldPath } from '../../../../src/targets/kubernetes/plan/field-path.ts';

const object = {
  metadata: { labels: { 'cloudnative.dev/app': 'shop' } },
  data: { 'a.b': '1' },
  spec: {
    replicas: 3,
    containers: [
      { name: 'side' },
      {
        name: 'a "b"',
        ports: [
          { containerPort: 80, protocol: 'UDP' },
          { containerPort: 80, name: 'http' },
        ],
        args: ['x', 'y'],
      },
    ],
  },
};

test.each([
  ['.spec.replicas', 'spec.replicas', 3],
  ['.metadata.labels.cloudnative.dev/app', 'metadata.labels[cloudnative.dev/app]', 'shop'],
  ['.data.a.b', 'data[a.b]', '1'],
  ['.spec.containers[name="a \\"b\\""].args', 'spec.containers[a "b"].args', ['x', 'y']],
  [
    '.spec.containers[name="a \\"b\\""].ports[containerPort=80,protocol="TCP"].name',
    'spec.containers[a "b"].ports[80].name',
    'http',
  ],
  ['.spec.containers[0].name', 'spec.containers[0].name', 'side'],
  ['.spec.containers[name="none"].image', 'spec.containers[none].image', undefined],
  ['.status.a.b', 'status.a.b', undefined],
])('%s', (path, shown, value) => {
  expect(shownFieldPath(path)).toBe(shown);
  expect(readFieldPath(object, path)).toEqual(value);
});

import { expect, test } from 'vitest';
import { expandPattern, newServicePath } from '../../../src/workspace/service-patterns.ts';

const folders: Record<string, string[]> = {
  '.': ['apps', 'services', '.hidden', 'a+b'],
  apps: ['shop', 'x.y'],
  services: ['orders', 'catalog', '.orders.cloudnative-1'],
  'apps/shop': ['svc-a', 'lib'],
  'apps/x.y': ['svc-b'],
};

test.each([
  ['services/*', ['services/catalog', 'services/orders']],
  ['services/orders', ['services/orders']],
  ['./services//orders/', ['services/orders']],
  ['apps/*/svc-*', ['apps/shop/svc-a', 'apps/x.y/svc-b']],
  ['apps/*.*', ['apps/x.y']],
  ['*', ['a+b', 'apps', 'services']],
  ['a+*', ['a+b']],
  ['.*', ['.hidden']],
  ['.', ['.']],
  ['nowhere/*', []],
])('%s stands for %j', async (pattern, expected) => {
  expect(await expandPattern(pattern, async (folder) => folders[folder] ?? [])).toEqual(expected);
});

test.each([
  [['services/*'], 'services/orders'],
  [['legacy', 'apps/*/x/*', './svc-*/', 'services/*'], 'svc-orders'],
  [['.', 'legacy'], undefined],
])('with %j a new service goes to %s', (patterns, expected) => {
  expect(newServicePath(patterns, 'orders')).toBe(expected);
});

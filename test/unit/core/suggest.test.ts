import { expect, it } from 'vitest';
import { nearest } from '../../../src/core/suggest.ts';

it.each([
  ['deploi', 'deploy'],
  ['dpeloy', 'deploy'],
  ['statu', 'status'],
  ['--tial', '--tail'],
])('takes %s for %s', (typed, meant) => {
  expect(nearest(typed, ['deploy', 'destroy', 'status', '--tail'])).toBe(meant);
});

it('suggests nothing far away', () => {
  expect(nearest('frobnicate', ['deploy', 'status'])).toBeUndefined();
});

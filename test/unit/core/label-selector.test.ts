import { expect, test } from 'vitest';
import { matchesSelector, type Selector, selectorText } from '../../../src/core/label-selector.ts';

const labels = { app: 'orders', tier: 'back' };

test.each<[Selector | undefined, string, boolean]>([
  [undefined, '', false],
  [{}, '', false],
  [{ matchLabels: { app: 'orders' } }, 'app=orders', true],
  [{ matchLabels: { app: 'orders', tier: 'front' } }, 'app=orders,tier=front', false],
  [
    { matchExpressions: [{ key: 'tier', operator: 'In', values: ['back', 'mid'] }] },
    'tier in (back,mid)',
    true,
  ],
  [{ matchExpressions: [{ key: 'zone', operator: 'In', values: ['a'] }] }, 'zone in (a)', false],
  [{ matchExpressions: [{ key: 'tier', operator: 'NotIn', values: ['back'] }] }, 'tier notin (back)', false],
  [{ matchExpressions: [{ key: 'zone', operator: 'NotIn', values: ['a'] }] }, 'zone notin (a)', true],
  [{ matchExpressions: [{ key: 'zone', operator: 'Exists' }] }, 'zone', false],
  [
    { matchLabels: { app: 'orders' }, matchExpressions: [{ key: 'zone', operator: 'DoesNotExist' }] },
    'app=orders,!zone',
    true,
  ],
])('%j', (selector, text, matches) => {
  expect(selectorText(selector)).toBe(text);
  expect(matchesSelector(labels, selector)).toBe(matches);
});

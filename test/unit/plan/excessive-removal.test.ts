import { describe, expect, it } from 'vitest';
import type { Action, Change, Plan } from '../../../src/core/change.ts';
import { excessiveRemoval } from '../../../src/plan/excessive-removal.ts';

const change = (action: Action, index: number, more: Partial<Change> = {}): Change => ({
  id: `ConfigMap/${action}-${index}`,
  action,
  service: 'orders',
  fields: [],
  after: [],
  ...more,
});
const many = (action: Action, count: number, more?: Partial<Change>) =>
  Array.from({ length: count }, (_, index) => change(action, index, more));
const plan = (...changes: Change[]): Plan => ({
  version: 1,
  app: 'shop',
  environment: 'staging',
  place: 'a test',
  changes,
});

describe('excessiveRemoval', () => {
  it('is more than half and more than a handful', () => {
    expect(excessiveRemoval(plan(...many('remove', 4), ...many('none', 3)))).toMatchObject({
      service: 'orders',
      of: 7,
    });
    expect(excessiveRemoval(plan(...many('remove', 4), ...many('none', 4)))).toBeUndefined();
    expect(excessiveRemoval(plan(...many('remove', 3)))).toBeUndefined();
  });

  it('does not let what is new make up for what goes', () => {
    expect(excessiveRemoval(plan(...many('remove', 6), ...many('create', 20)))).toMatchObject({ of: 6 });
  });

  it('counts each service for itself', () => {
    const others = many('none', 50, { service: 'catalog' });
    expect(excessiveRemoval(plan(...many('remove', 6), ...others))).toMatchObject({ service: 'orders' });
  });

  it('does not count what comes back with new content', () => {
    const replaced = many('remove', 8, { successor: 'ConfigMap/new' });
    expect(excessiveRemoval(plan(...replaced, ...many('none', 2)))).toBeUndefined();
  });
});

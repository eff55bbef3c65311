import { expect, it } from 'vitest';
import type { Action, Change, Plan } from '../../../src/core/change.ts';
import { shownChanges } from '../../../src/core/change-counts.ts';

const change = (action: Action, id: string, after: readonly string[]): Change => ({
  id,
  action,
  fields: [],
  after,
});
const plan = (...changes: Change[]): Plan => ({
  version: 1,
  app: 'shop',
  environment: 'staging',
  place: 'a test',
  changes,
});
const namespace = change('create', 'Namespace/shop', []);
const record: Change = { ...change('create', 'ConfigMap/record', ['Namespace/shop']), bookkeeping: true };

it('names in the order of what is shown only what is shown', () => {
  const after = ['Namespace/shop', 'ConfigMap/record'];
  const shown = shownChanges(plan(namespace, record, change('create', 'Deployment/orders', after)));
  expect(shown.map(({ id, after }) => [id, after])).toEqual([
    ['Namespace/shop', []],
    ['Deployment/orders', ['Namespace/shop']],
  ]);
});

it('shows the notes of the place, and what comes after them, where nothing else changes', () => {
  const notes: Change = { ...record, action: 'update', after: [] };
  const changes = [notes, change('none', 'Deployment/orders', ['ConfigMap/record'])];
  expect(shownChanges(plan(...changes))).toEqual(changes);
});

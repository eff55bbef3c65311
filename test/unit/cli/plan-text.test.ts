import { Chalk } from 'chalk';
import { expect, it } from 'vitest';
import { changeQuestion, planText } from '../../../src/cli/ui/plan-text.ts';
import type { Action, Change, Plan } from '../../../src/core/change.ts';

const style = {
  colour: new Chalk({ level: 0 }),
  signs: { done: '✓', waiting: '◦', failed: '✗', unchanged: '=' },
};
const change = (action: Action, id: string, more: Partial<Change> = {}): Change => ({
  id,
  action,
  fields: [],
  after: [],
  ...more,
});
const plan = (...changes: Change[]): Plan => ({
  version: 1,
  app: 'shop',
  environment: 'staging',
  place: 'a test',
  changes,
});
const record = change('update', 'ConfigMap/record', {
  bookkeeping: true,
  note: 'the record of what is deployed',
});

it('shows what goes and why, what stays unwanted and why, and not the notes of the place', () => {
  const shown = plan(
    record,
    change('update', 'Deployment/orders'),
    change('none', 'Service/orders'),
    change('none', 'PersistentVolumeClaim/data', { unwanted: true, note: 'kept: it holds data' }),
    change('remove', 'Deployment/old', { note: 'no longer in the manifests' }),
    { ...record, id: 'ConfigMap/record afterwards' },
  );
  expect(planText(shown, style)).toMatchInlineSnapshot(`
    "shop on staging (a test)

      ~ Deployment/orders
      = PersistentVolumeClaim/data  kept: it holds data
      - Deployment/old  no longer in the manifests
      = 1 unchanged

    1 to update, 1 to remove.
    "
  `);
  expect(changeQuestion(shown, style)).toMatchInlineSnapshot(`
    "  ~ Deployment/orders
      - Deployment/old  no longer in the manifests
      1 to update, 1 to remove
    "
  `);
});

it('tells the marks that a taken over object gets as one, and what is another value of them in full', () => {
  const label = (name: string) => `metadata.labels[${name}]`;
  const copy = 'metadata.annotations[kubectl.kubernetes.io/last-applied-configuration]';
  const note = 'taken over from kubectl apply';
  const taken = [
    { path: copy, secret: true },
    { path: label('app.kubernetes.io/managed-by'), after: 'cloudnative' },
    { path: label('cloudnative.dev/app'), after: 'shop' },
    { path: 'spec.minReadySeconds', before: '10' },
  ];
  const moved = [{ path: label('app.kubernetes.io/managed-by'), before: 'Helm', after: 'cloudnative' }];
  const shown = plan(
    change('update', 'Deployment/orders', { fields: taken, note }),
    change('update', 'Service/orders', { fields: taken.slice(0, 2), note }),
    change('update', 'Service/web', { fields: taken.slice(0, 1), note }),
    change('update', 'Service/admin', { fields: moved }),
  );
  expect(planText(shown, style)).toMatchInlineSnapshot(`
    "shop on staging (a test)

      ~ Deployment/orders  taken over from kubectl apply
          spec.minReadySeconds
            - 10
          + labels of cloudnative
      ~ Service/orders  taken over from kubectl apply
          + labels of cloudnative
      ~ Service/web  taken over from kubectl apply
      ~ Service/admin
          metadata.labels[app.kubernetes.io/managed-by]
            - Helm
            + cloudnative

    4 to update.
    "
  `);
});

it('asks with the fields, unless they are more than a screen', () => {
  const fields = (count: number) =>
    Array.from({ length: count }, (_, index) => ({ path: `spec.a${index}`, before: '1', after: '2' }));
  const asked = (count: number) =>
    changeQuestion(plan(change('replace', 'Job/migrate', { fields: fields(count) })), style);
  expect(asked(1)).toMatchInlineSnapshot(`
    "  ! Job/migrate  replaced
          spec.a0
            - 1
            + 2

    1 to replace.
    "
  `);
  expect(asked(20)).toMatchInlineSnapshot(`
    "  ! Job/migrate
      1 to replace (cloudnative plan shows the fields)
    "
  `);
});

it('shows the notes of the place where nothing else changes', () => {
  expect(planText(plan(change('none', 'Service/orders'), record), style)).toMatchInlineSnapshot(`
    "shop on staging (a test)

      ~ ConfigMap/record  the record of what is deployed
      = 1 unchanged

    1 to update.
    "
  `);
});

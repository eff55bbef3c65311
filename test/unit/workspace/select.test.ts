import { expect, test } from 'vitest';
import { ExpectedError } from '../../../src/core/errors.ts';
import type { Service, Workspace } from '../../../src/workspace/model.ts';
import { selectEnvironment, selectServices } from '../../../src/workspace/select.ts';

const services = ['billing', 'catalog', 'orders'].map((name) => ({ name }) as Service);
const workspace: Workspace = {
  name: 'shop',
  folder: '/shop',
  services,
  environments: {
    local: { name: 'local', target: 'process', services: {} },
    staging: { name: 'staging', target: 'kubernetes', context: 'kind', namespace: 'shop', services: {} },
  },
  defaultEnvironment: 'local',
  lone: false,
};

test('no name selects all, names select theirs in the order of the workspace', () => {
  expect(selectServices(workspace, [])).toBe(services);
  expect(selectServices(workspace, ['orders', 'billing', 'orders']).map(({ name }) => name)).toEqual([
    'billing',
    'orders',
  ]);
});

test('no name selects the default environment', () => {
  expect(selectEnvironment(workspace).name).toBe('local');
  expect(selectEnvironment(workspace, 'staging').context).toBe('kind');
});

test.each([
  [() => selectServices(workspace, ['order']), 'shop has no service "order"', ['did you mean "orders"?']],
  [
    () => selectServices(workspace, ['catalogue', 'orders', 'zzz', 'bilings']),
    'shop has no services "catalogue", "zzz", "bilings"',
    ['did you mean "catalog" for "catalogue", "billing" for "bilings"?'],
  ],
  [
    () => selectEnvironment(workspace, 'stagign'),
    'shop has no environment "stagign"',
    ['did you mean "staging"?'],
  ],
  [() => selectEnvironment(workspace, 'constructor'), 'shop has no environment "constructor"', []],
  [() => selectEnvironment(workspace, '__proto__'), 'shop has no environment "__proto__"', []],
])('an unknown name is explained (%#)', (select, message, hints) => {
  expect(select).toThrow(ExpectedError);
  try {
    select();
  } catch (error) {
    expect((error as ExpectedError).explanation).toMatchObject({
      code: 'E_NOT_FOUND',
      exit: 'notFound',
      message,
      hints,
    });
  }
});

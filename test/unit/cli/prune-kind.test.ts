import { Command } from 'commander';
import { expect, it } from 'vitest';
import { pruneKindFlag } from '../../../src/cli/flags.ts';

const parsed = (...args: string[]) => {
  const command = new Command().addOption(pruneKindFlag()).argument('[names...]').exitOverride();
  command.configureOutput({ writeErr: () => undefined }).parse(args, { from: 'user' });
  return [command.opts().pruneKind, command.args];
};

it('takes kinds by commas or one by one, and leaves names alone', () => {
  expect(parsed('--prune-kind', 'PersistentVolumeClaim,Namespace', 'orders')).toEqual([
    ['PersistentVolumeClaim', 'Namespace'],
    ['orders'],
  ]);
  expect(parsed('--prune-kind', 'Namespace', '--prune-kind', 'PersistentVolume')).toEqual([
    ['Namespace', 'PersistentVolume'],
    [],
  ]);
  expect(parsed()).toEqual([undefined, []]);
});

it('refuses kinds that it does not guard', () => {
  expect(() => parsed('--prune-kind', 'Deployment')).toThrow(/other kinds need no flag/);
});

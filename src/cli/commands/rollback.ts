import { Command, InvalidArgumentError } from 'commander';
import {
  type AllowedFlags,
  type EnvironmentFlags,
  environmentFlag,
  examples,
  folderFlags,
  forceConflictsFlag,
  kubeconfigFlag,
  outputFlag,
  replaceFlag,
  timeoutFlag,
  yesFlag,
} from '../flags.ts';
import type { Invocation } from '../invocation.ts';

export interface RollbackFlags extends EnvironmentFlags, Partial<AllowedFlags> {
  to?: number;
  yes?: boolean;
  timeout: number;
}

export function rollbackCommand(invocation: Invocation): Command {
  const command = new Command('rollback')
    .description('give everything the state of an earlier release')
    .option('--to <release>', 'its number (default: the last good one)', releaseNumber)
    .addOption(environmentFlag())
    .addOption(yesFlag())
    .addOption(timeoutFlag('5m'))
    .addOption(forceConflictsFlag())
    .addOption(replaceFlag())
    .addOption(kubeconfigFlag())
    .addOption(outputFlag())
    .action(async (flags: RollbackFlags) =>
      (await import('../run/rollback.ts')).runRollback(flags, invocation),
    );
  return examples(folderFlags(command), [
    ['cloudnative rollback -e staging', 'to the last good release'],
    ['cloudnative rollback -e staging --to 3 --yes', 'to this one, without a question'],
  ]);
}

function releaseNumber(text: string): number {
  if (!/^[1-9]\d{0,8}$/.test(text)) throw new InvalidArgumentError('expected the number of a release.');
  return Number(text);
}

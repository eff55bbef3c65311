import { Command } from 'commander';
import {
  type EnvironmentFlags,
  environmentFlag,
  examples,
  folderFlags,
  kubeconfigFlag,
  outputFlag,
  yesFlag,
} from '../flags.ts';
import type { Invocation } from '../invocation.ts';

export interface UnlockFlags extends EnvironmentFlags {
  yes?: boolean;
}

export function unlockCommand(invocation: Invocation): Command {
  const command = new Command('unlock')
    .description('take the lock from a deploy that was killed')
    .addOption(environmentFlag())
    .addOption(yesFlag())
    .addOption(kubeconfigFlag())
    .addOption(outputFlag())
    .action(async (flags: UnlockFlags) => (await import('../run/unlock.ts')).runUnlock(flags, invocation));
  return examples(folderFlags(command), [
    ['cloudnative unlock -e staging', 'say who holds it, ask, let go'],
    ['cloudnative unlock -e staging --yes', 'without a question'],
  ]);
}

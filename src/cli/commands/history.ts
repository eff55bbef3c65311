import { Command } from 'commander';
import {
  type EnvironmentFlags,
  environmentFlag,
  examples,
  folderFlags,
  kubeconfigFlag,
  outputFlag,
} from '../flags.ts';
import type { Invocation } from '../invocation.ts';

export function historyCommand(invocation: Invocation): Command {
  const command = new Command('history')
    .description('list the releases: when, who, what changed, how it ended')
    .addOption(environmentFlag())
    .addOption(kubeconfigFlag())
    .addOption(outputFlag())
    .action(async (flags: EnvironmentFlags) =>
      (await import('../run/history.ts')).runHistory(flags, invocation),
    );
  return examples(folderFlags(command), [
    ['cloudnative history -e staging', 'the last 10, newest first'],
    ['cloudnative history -e staging -o json', 'as a document'],
  ]);
}

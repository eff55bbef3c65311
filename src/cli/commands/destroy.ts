import { Command } from 'commander';
import {
  type EnvironmentFlags,
  environmentFlag,
  examples,
  folderFlags,
  kubeconfigFlag,
  outputFlag,
  pruneKindFlag,
  timeoutFlag,
  yesFlag,
} from '../flags.ts';
import type { Invocation } from '../invocation.ts';

export interface DestroyFlags extends EnvironmentFlags {
  yes?: boolean;
  timeout: number;
}

export function destroyCommand(invocation: Invocation): Command {
  const command = new Command('destroy')
    .description('stop and remove what deploy made; files and images stay')
    .argument('[services...]', 'only these (default: the whole app)')
    .addOption(environmentFlag())
    .addOption(yesFlag())
    .addOption(timeoutFlag('2m'))
    .addOption(pruneKindFlag())
    .option('--delete-namespace', "remove the app's namespace too, when it holds nothing else")
    .addOption(kubeconfigFlag())
    .addOption(outputFlag())
    .action(async (services: string[], flags: DestroyFlags) =>
      (await import('../run/destroy.ts')).runDestroy(services, flags, invocation),
    );
  return examples(folderFlags(command), [
    ['cloudnative destroy', 'stop everything on this machine'],
    ['cloudnative destroy -e docker --yes', 'without a question'],
  ]);
}

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

export function statusCommand(invocation: Invocation): Command {
  const command = new Command('status')
    .description('show what runs, whether it is ready, and why not')
    .addOption(environmentFlag())
    .addOption(kubeconfigFlag())
    .addOption(outputFlag())
    .action(async (flags: EnvironmentFlags) =>
      (await import('../run/status.ts')).runStatus(flags, invocation),
    );
  return examples(folderFlags(command), [
    ['cloudnative status', 'in the default environment'],
    ['cloudnative status -e docker -o json', 'as a document'],
  ]);
}

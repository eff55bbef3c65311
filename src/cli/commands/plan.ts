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

export function planCommand(invocation: Invocation): Command {
  const command = new Command('plan')
    .alias('diff')
    .description('show what deploy would change (exit code 10: something)')
    .argument('[services...]', 'only these (default: all of the workspace)')
    .addOption(environmentFlag())
    .addOption(kubeconfigFlag())
    .addOption(outputFlag())
    .action(async (services: string[], flags: EnvironmentFlags) =>
      (await import('../run/plan.ts')).runPlan(services, flags, invocation),
    );
  return examples(folderFlags(command, { reads: true }), [
    ['cloudnative plan -e staging', 'against what the cluster holds now'],
    ['cloudnative plan -o json', 'as a document'],
  ]);
}

import { Command } from 'commander';
import {
  type AllowedFlags,
  type EnvironmentFlags,
  environmentFlag,
  examples,
  folderFlags,
  forceConflictsFlag,
  kubeconfigFlag,
  outputFlag,
  pruneKindFlag,
  pullSecretFlag,
  replaceFlag,
} from '../flags.ts';
import type { Invocation } from '../invocation.ts';

export interface PlanFlags extends EnvironmentFlags, AllowedFlags {
  out?: string;
}

export function planCommand(invocation: Invocation): Command {
  const command = new Command('plan')
    .alias('diff')
    .description('show what deploy would change (exit code 10: something)')
    .argument('[services...]', 'only these (default: all of the workspace)')
    .addOption(environmentFlag())
    .addOption(forceConflictsFlag())
    .addOption(replaceFlag())
    .addOption(pruneKindFlag())
    .addOption(pullSecretFlag())
    .option('--out <file>', 'save the plan, for deploy --plan')
    .addOption(kubeconfigFlag())
    .addOption(outputFlag())
    .action(async (services: string[], flags: PlanFlags) =>
      (await import('../run/plan.ts')).runPlan(services, flags, invocation),
    );
  return examples(folderFlags(command, { reads: true }), [
    ['cloudnative plan -e staging', 'against what the cluster holds now'],
    ['cloudnative plan -o json', 'as a document'],
    ['cloudnative plan --out plan.json', 'and keep it, to apply exactly this later'],
  ]);
}

import { Command, Option } from 'commander';
import { environmentFlag, examples, outputFlag } from '../flags.ts';
import type { Invocation } from '../invocation.ts';

export interface CheckFlags {
  environment?: string;
  manifests?: string;
  recursive?: boolean;
  podSecurity?: 'baseline' | 'restricted';
}

export function checkCommand(invocation: Invocation): Command {
  const command = new Command('check')
    .description('judge Kubernetes manifests here, without a cluster (exit code 3: errors)')
    .argument('[services...]', 'only these (default: all of the workspace)')
    .addOption(environmentFlag())
    .option('--manifests <folder>', 'any folder of manifests, instead of a workspace')
    .option('-R, --recursive', 'read the subfolders of --manifests too')
    .addOption(
      new Option(
        '--pod-security <level>',
        'refuse pods that do not pass this level (default: warn of restricted)',
      ).choices(['baseline', 'restricted']),
    )
    .addOption(outputFlag())
    .action(async (services: string[], flags: CheckFlags) =>
      (await import('../run/check.ts')).runCheck(services, flags, invocation),
    );
  return examples(command, [
    ['cloudnative check', 'those of all services'],
    ['cloudnative check orders -e staging', 'of one, as staging has them'],
    ['cloudnative check --manifests deploy/', 'of a folder without a workspace'],
    ['cloudnative check --pod-security baseline', 'for a namespace of that level'],
  ]);
}

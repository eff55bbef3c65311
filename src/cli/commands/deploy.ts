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
  timeoutFlag,
  yesFlag,
} from '../flags.ts';
import type { Invocation } from '../invocation.ts';

export interface DeployFlags extends EnvironmentFlags, AllowedFlags {
  yes?: boolean;
  wait: boolean;
  timeout: number;
  rollbackOnFailure?: boolean;
  allowRemovals?: boolean;
  plan?: string;
}

export function deployCommand(invocation: Invocation): Command {
  const command = new Command('deploy')
    .description('build what changed, start it, wait until it is ready')
    .argument('[services...]', 'only these (default: all of the workspace)')
    .addOption(environmentFlag())
    .addOption(yesFlag())
    .option('--no-wait', 'return when everything is accepted, ready or not')
    .option('--rollback-on-failure', 'when it fails, go back to the last good release')
    .addOption(timeoutFlag('5m'))
    .addOption(forceConflictsFlag())
    .addOption(replaceFlag())
    .option('--no-preflight', 'do not ask the cluster about new objects before the first write')
    .option('--allow-removals', 'agree to the removal of most of what a service has')
    .addOption(pruneKindFlag())
    .addOption(pullSecretFlag())
    .option('--plan <file>', 'apply exactly what plan --out saved, or refuse')
    .addOption(kubeconfigFlag())
    .addOption(outputFlag())
    .action(async (services: string[], flags: DeployFlags) =>
      (await import('../run/deploy.ts')).runDeploy(services, flags, invocation),
    );
  return examples(folderFlags(command, { reads: true }), [
    ['cloudnative deploy', 'all services, as processes here'],
    ['cloudnative deploy orders -e docker', 'one service, on the Docker Engine'],
    ['cloudnative deploy -e staging --yes', 'on a cluster, without a question'],
    ['cloudnative deploy --plan plan.json', 'what was planned, and nothing else'],
  ]);
}

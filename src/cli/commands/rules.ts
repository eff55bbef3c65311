import { Command } from 'commander';
import { type EnvironmentFlags, environmentFlag, examples } from '../flags.ts';
import type { Invocation } from '../invocation.ts';

export interface RulesFlags extends Pick<EnvironmentFlags, 'environment'> {
  out?: string;
  runbooks?: string;
}

export function rulesCommand(invocation: Invocation): Command {
  const command = new Command('rules')
    .description('print Prometheus recording and alert rules for these services')
    .argument('[services...]', 'only these (default: all of the workspace)')
    .addOption(environmentFlag())
    .option('--out <folder>', 'write them there, with their tests and runbooks')
    .option('--runbooks <url>', 'where the runbooks will be served (default: beside the rules)')
    .action(async (services: string[], flags: RulesFlags) =>
      (await import('../run/rules.ts')).runRules(services, flags, invocation),
    );
  return examples(command, [
    ['cloudnative rules -e staging > rules.yml', 'only the rules'],
    ['cloudnative rules -e staging --out rules', 'and tests, and runbooks'],
  ]);
}

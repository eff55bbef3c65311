import { Command } from 'commander';
import { type EnvironmentFlags, environmentFlag, examples, outputFlag } from '../flags.ts';
import type { Invocation } from '../invocation.ts';

export function pushCommand(invocation: Invocation): Command {
  const command = new Command('push')
    .description('build images and push them to the registry')
    .argument('[services...]', 'only these (default: all of the workspace)')
    .addOption(environmentFlag())
    .addOption(outputFlag())
    .action(async (services: string[], flags: EnvironmentFlags) =>
      (await import('../run/images.ts')).runPush(services, flags, invocation),
    );
  return examples(command, [['cloudnative push -e staging', 'what the registry has already is skipped']]);
}

import { Command } from 'commander';
import { type EnvironmentFlags, environmentFlag, examples, outputFlag } from '../flags.ts';
import type { Invocation } from '../invocation.ts';

export interface BuildFlags extends EnvironmentFlags {
  listContext?: boolean;
}

export function buildCommand(invocation: Invocation): Command {
  const command = new Command('build')
    .description('make images through the Docker Engine')
    .argument('[services...]', 'only these (default: all of the workspace)')
    .addOption(environmentFlag())
    .option('--list-context', 'print the files that would be sent, and build nothing')
    .addOption(outputFlag())
    .action(async (services: string[], flags: BuildFlags) =>
      (await import('../run/images.ts')).runBuild(services, flags, invocation),
    );
  return examples(command, [
    ['cloudnative build', 'all; unchanged ones are skipped'],
    ['cloudnative build orders --list-context', 'what would be sent'],
  ]);
}

import { Command } from 'commander';
import { examples, outputFlag } from '../flags.ts';
import type { Invocation } from '../invocation.ts';

export interface InitFlags {
  name?: string;
}

export function initCommand(invocation: Invocation): Command {
  const command = new Command('init')
    .description('make a workspace: a folder for several services')
    .argument('[dir]', 'where', '.')
    .option('--name <name>', "the app's name (default: the folder's)")
    .addOption(outputFlag())
    .action(async (dir: string, flags: InitFlags) =>
      (await import('../run/init.ts')).runInit(dir, flags, invocation),
    );
  return examples(command, [['cloudnative init shop', 'a workspace named shop in ./shop']]);
}

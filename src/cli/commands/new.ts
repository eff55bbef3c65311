import { Command, Option } from 'commander';
import { examples, outputFlag } from '../flags.ts';
import type { Invocation } from '../invocation.ts';

export interface NewFlags {
  lang?: 'ts' | 'go' | 'python';
  calls?: string;
  dryRun?: boolean;
}

export function newCommand(invocation: Invocation): Command {
  const command = new Command('new')
    .description('write a service, ready to run, test, build and watch')
    .argument('[service]', 'its name: lower-case letters, digits and -')
    .addOption(new Option('--lang <language>', 'ts, go or python').choices(['ts', 'go', 'python']))
    .option('--calls <services>', 'services it calls, e.g. catalog,stock')
    .option('--dry-run', 'list the files and write nothing')
    .addOption(outputFlag())
    .action(async (name: string | undefined, flags: NewFlags) =>
      (await import('../run/new.ts')).runNew(name, flags, invocation),
    );
  return examples(command, [
    ['cloudnative new orders', 'in TypeScript, or as you answer'],
    ['cloudnative new catalog --lang go', 'in Go'],
    ['cloudnative new orders --calls catalog', 'with a client for another'],
  ]);
}

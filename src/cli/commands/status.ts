import { Command, Option } from 'commander';
import {
  type EnvironmentFlags,
  environmentFlag,
  examples,
  folderFlags,
  kubeconfigFlag,
  outputFlag,
} from '../flags.ts';
import type { Invocation } from '../invocation.ts';

export interface StatusFlags extends EnvironmentFlags {
  file?: string;
  watch?: boolean;
}

export function statusCommand(invocation: Invocation): Command {
  const command = new Command('status')
    .description('show what runs, whether it is ready, and why not')
    .addOption(new Option('-w, --watch', 'go on, and show what changes, until Ctrl-C').conflicts('file'))
    .addOption(environmentFlag())
    .option('-f, --file <file>', 'judge the objects in it, as kubectl get -o yaml prints them (-: stdin)')
    .addOption(kubeconfigFlag())
    .addOption(outputFlag('one document; with --watch one a line'))
    .action(async (flags: StatusFlags) =>
      flags.file === undefined
        ? (await import('../run/status.ts')).runStatus(flags, invocation)
        : (await import('../run/judge.ts')).runJudge(flags.file, flags, invocation),
    );
  return examples(folderFlags(command), [
    ['cloudnative status', 'in the default environment'],
    ['cloudnative status -e staging --watch', 'as it changes'],
    ['cloudnative status -e docker -o json', 'as a document'],
    ['kubectl get all -o yaml | cloudnative status -f -', 'of any objects, offline'],
  ]);
}

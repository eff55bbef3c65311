import { Command, InvalidArgumentError } from 'commander';
import {
  type EnvironmentFlags,
  environmentFlag,
  examples,
  folderFlags,
  kubeconfigFlag,
  outputFlag,
} from '../flags.ts';
import type { Invocation } from '../invocation.ts';

export interface LogsFlags extends EnvironmentFlags {
  follow?: boolean;
  tail: number;
}

export function logsCommand(invocation: Invocation): Command {
  const command = new Command('logs')
    .description('show what the services wrote, each line after its service')
    .argument('[services...]', 'only these (default: all of the workspace)')
    .option('-f, --follow', 'go on, across restarts, until Ctrl-C')
    .option('--tail <lines>', 'lines of each instance from before now', lineCount, 100)
    .addOption(environmentFlag())
    .addOption(kubeconfigFlag())
    .addOption(outputFlag('one document a line'))
    .action(async (services: string[], flags: LogsFlags) =>
      (await import('../run/logs.ts')).runLogs(services, flags, invocation),
    );
  return examples(folderFlags(command), [
    ['cloudnative logs -f', 'all services, as it happens'],
    ['cloudnative logs orders --tail 20', 'the last 20 lines of one'],
  ]);
}

function lineCount(text: string): number {
  if (!/^\d{1,6}$/.test(text)) throw new InvalidArgumentError('expected a number of lines.');
  return Number(text);
}

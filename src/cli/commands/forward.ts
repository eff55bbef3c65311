import { Command, InvalidArgumentError } from 'commander';
import {
  type EnvironmentFlags,
  environmentFlag,
  examples,
  folderFlags,
  kubeconfigFlag,
  outputFlag,
  timeoutFlag,
} from '../flags.ts';
import type { Invocation } from '../invocation.ts';

export interface ForwardFlags extends EnvironmentFlags {
  admin?: boolean;
  timeout: number;
}

export function forwardCommand(invocation: Invocation): Command {
  const command = new Command('forward')
    .description('lead a local port to a service, wherever it runs, until Ctrl-C')
    .argument('<service>', 'the service')
    .argument('[local-port]', 'on 127.0.0.1 (default: a free one)', portNumber)
    .option('--admin', 'to its admin port: health and metrics, ready or not')
    .addOption(environmentFlag())
    .addOption(timeoutFlag('1m'))
    .addOption(kubeconfigFlag())
    .addOption(outputFlag('one document a line'))
    .action(async (service: string, localPort: number | undefined, flags: ForwardFlags) =>
      (await import('../run/forward.ts')).runForward(service, localPort ?? 0, flags, invocation),
    );
  return examples(folderFlags(command), [
    ['cloudnative forward orders -e staging', 'prints the address, such as'],
    ['', 'http://127.0.0.1:41231'],
    ['cloudnative forward orders 8080', 'on port 8080 of this machine'],
    ['cloudnative forward orders --admin', 'then: curl <address>/metrics'],
  ]);
}

function portNumber(text: string): number {
  const port = Number(text);
  if (!/^\d{1,5}$/.test(text) || port < 1 || port > 65_535)
    throw new InvalidArgumentError('expected a port from 1 to 65535.');
  return port;
}

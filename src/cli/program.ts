import { Command } from 'commander';
import { buildCommand } from './commands/build.ts';
import { checkCommand } from './commands/check.ts';
import { dashboardsCommand } from './commands/dashboards.ts';
import { deployCommand } from './commands/deploy.ts';
import { destroyCommand } from './commands/destroy.ts';
import { forwardCommand } from './commands/forward.ts';
import { historyCommand } from './commands/history.ts';
import { initCommand } from './commands/init.ts';
import { logsCommand } from './commands/logs.ts';
import { newCommand } from './commands/new.ts';
import { planCommand } from './commands/plan.ts';
import { pushCommand } from './commands/push.ts';
import { rollbackCommand } from './commands/rollback.ts';
import { rulesCommand } from './commands/rules.ts';
import { scrapeConfigCommand } from './commands/scrape-config.ts';
import { statusCommand } from './commands/status.ts';
import { unlockCommand } from './commands/unlock.ts';
import type { Invocation } from './invocation.ts';

declare const CLOUDNATIVE_VERSION: string;

const groups: [string, ((invocation: Invocation) => Command)[]][] = [
  ['Start:', [newCommand, initCommand]],
  [
    'Run:',
    [
      deployCommand,
      planCommand,
      checkCommand,
      statusCommand,
      logsCommand,
      forwardCommand,
      historyCommand,
      rollbackCommand,
      destroyCommand,
      unlockCommand,
    ],
  ],
  ['Images:', [buildCommand, pushCommand]],
  ['Monitor:', [scrapeConfigCommand, rulesCommand, dashboardsCommand]],
];

/** The whole command line. Declares only: a command's work is loaded when it runs. */
export function program(invocation: Invocation): Command {
  const root = new Command('cloudnative')
    .description(
      'From an idea to a monitored microservice: here, on Docker, on Kubernetes, with the same verbs.',
    )
    .version(CLOUDNATIVE_VERSION, '-V, --version', 'print the version')
    .helpOption('-h, --help', 'show help; also after any command')
    .addHelpText('before', firstSteps)
    .addHelpText('after', '\nNo telemetry, no update check. Exit codes: docs/exit-codes.md')
    .addHelpCommand(
      new Command('help').argument('[command]').description('help of a command').helpGroup('Other:'),
    )
    .showHelpAfterError(false)
    .showSuggestionAfterError(false);
  for (const [title, commands] of groups) {
    for (const make of commands) root.addCommand(make(invocation).helpGroup(title));
  }
  for (const command of [root, ...root.commands]) {
    command
      .exitOverride()
      .configureHelp({ helpWidth: 80, subcommandTerm })
      .configureOutput({ writeOut: (text) => invocation.ui.print(text), writeErr: () => undefined });
  }
  return root;
}

/** Names and arguments; that every command has options is no news. */
function subcommandTerm(command: Command): string {
  const args = command.registeredArguments.map((one) => {
    const name = `${one.name()}${one.variadic ? '...' : ''}`;
    return one.required ? `<${name}>` : `[${name}]`;
  });
  return [[command.name(), ...command.aliases()].join('|'), ...args].join(' ');
}

const firstSteps = `cloudnative new orders          write a service
cloudnative deploy              run it on this machine
cloudnative scrape-config       let Prometheus watch it
`;

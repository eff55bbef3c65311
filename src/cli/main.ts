import { setMaxListeners } from 'node:events';
import { CommanderError } from 'commander';
import { Cancelled } from '../core/errors.ts';
import { type ExitKind, exitCodes } from '../core/exit-codes.ts';
import { outcomeOf, usageError } from './failures.ts';
import type { Invocation } from './invocation.ts';
import { program } from './program.ts';
import { createUi, wantsJson } from './ui/ui.ts';

/** Runs one command line; sets the exit code and returns when everything has ended. */
export async function main(args: readonly string[]): Promise<void> {
  const ui = createUi({ json: wantsJson(args) });
  const signal = abortOnSignals();
  const endWith = (exit: ExitKind) => {
    process.exitCode = exitCodes[exit];
  };
  const invocation: Invocation = { ui, signal, endWith };
  const cli = program(invocation);
  try {
    await cli.parseAsync(args, { from: 'user' });
  } catch (error) {
    const failure = error instanceof CommanderError ? usageError(error, args, cli) : outcomeOf(error, signal);
    if (!failure) return; // --help, already printed
    ui.failed(args[0] ?? '', failure);
    endWith(failure.exit);
  } finally {
    ui.close();
  }
  if (signal.aborted) {
    // A place that hangs must not keep an interrupted command alive.
    setTimeout(() => process.exit(), 1000).unref();
  }
}

/** The first Ctrl-C or SIGTERM asks everything to stop; the second ends at once. */
function abortOnSignals(): AbortSignal {
  const controller = new AbortController();
  setMaxListeners(0, controller.signal); // everything that can be stopped listens to it
  const onSignal = (name: 'SIGINT' | 'SIGTERM') => {
    const exit = name === 'SIGINT' ? 'interrupted' : 'terminated';
    if (controller.signal.aborted) process.exit(exitCodes[exit]);
    controller.abort(new Cancelled(name === 'SIGINT' ? 'interrupted' : 'terminated', exit));
  };
  process.on('SIGINT', onSignal);
  process.on('SIGTERM', onSignal);
  return controller.signal;
}

process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(0); // the reader has seen enough
  createUi({ json: false }).failed('', {
    kind: 'expected',
    code: 'E_OUTPUT',
    exit: 'failure',
    message: 'the output cannot be written',
    why: error.message,
  });
  process.exit(exitCodes.failure);
});
process.stderr.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
});

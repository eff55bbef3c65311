import type { Command, CommanderError } from 'commander';
import { Cancelled, ExpectedError, type Explanation } from '../core/errors.ts';
import { nearest } from '../core/suggest.ts';

export type Failure = Explanation & { kind: 'expected' | 'cancelled' | 'bug' };

/** Three kinds of end: expected (explained), cancelled (soft), bug (with its stack). Undefined for an asked-for help text. */
export function outcomeOf(error: unknown, signal: AbortSignal): Failure | undefined {
  const cancelled = signal.aborted ? signal.reason : error;
  if (cancelled instanceof Cancelled)
    return { kind: 'cancelled', code: 'E_CANCELLED', exit: cancelled.exit, message: cancelled.message };
  if (error instanceof ExpectedError) return { kind: 'expected', ...error.explanation };
  const refused = systemRefusal(error);
  if (refused) return refused;
  const { message, stack } = error instanceof Error ? error : new Error(String(error));
  return {
    kind: 'bug',
    code: 'E_BUG',
    exit: 'failure',
    message: `this is a mistake in cloudnative: ${message}`,
    why: (stack ?? '')
      .split('\n')
      .slice(1, 9)
      .map((line) => line.trim()),
    hints: ['report it with the command line and the lines above'],
  };
}

const refusals: Record<string, string> = {
  EACCES: 'permission denied: it may belong to another user',
  EPERM: 'the system does not permit it',
  EROFS: 'the file system is read-only',
  ENOSPC: 'no space is left on the disk',
  EDQUOT: 'the disk quota is used up',
  EMFILE: 'too many files are open',
  EIO: 'the disk reports an error',
};

/** What the system refuses is nobody's mistake in the code, wherever it comes up. */
function systemRefusal(error: unknown): Failure | undefined {
  const { code, syscall, path } = error as NodeJS.ErrnoException;
  const why = code === undefined ? undefined : refusals[code];
  if (why === undefined) return undefined;
  return {
    kind: 'expected',
    code: 'E_SYSTEM',
    exit: 'failure',
    message: `the system refuses to ${syscall ?? 'go on'}${path === undefined ? '' : ` ${path}`}`,
    why: `${why} (${code})`,
  };
}

/** Commander's complaint about a command line, with what was probably meant. */
export function usageError(
  error: CommanderError,
  args: readonly string[],
  cli: Command,
): Failure | undefined {
  if (error.exitCode === 0) return undefined;
  const command = cli.commands.find((one) => one.name() === args[0] || one.aliases().includes(args[0] ?? ''));
  const message =
    error.code === 'commander.help'
      ? `unknown command "${args.at(-1)}"`
      : error.message.replace(/^error: /, '').replaceAll("'", '"');
  return {
    kind: 'expected',
    code: 'E_USAGE',
    exit: 'usage',
    message,
    hints: [...suggestion(message, args, cli, command), ...helpHint(command)],
  };
}

function suggestion(message: string, args: readonly string[], cli: Command, command?: Command): string[] {
  const quoted = /"([^"]+)"/.exec(message)?.[1] ?? '';
  if (message.startsWith('unknown command')) {
    const name = nearest(
      quoted,
      cli.commands.flatMap((one) => [one.name(), ...one.aliases()]),
    );
    return name ? [`cloudnative ${[name, ...args.slice(1)].join(' ')}        did you mean this?`] : [];
  }
  if (message.startsWith('unknown option') && command) {
    const flag = nearest(
      quoted,
      command.options.flatMap(({ long }) => long ?? []),
    );
    return flag ? [`${flag}        did you mean this?`] : [];
  }
  return [];
}

function helpHint(command?: Command): string[] {
  return command
    ? [`cloudnative ${command.name()} --help        its flags and examples`]
    : ['cloudnative --help        all commands'];
}

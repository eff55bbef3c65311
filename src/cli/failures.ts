import type { Command, CommanderError } from 'commander';
import { Cancelled, ExpectedError, type Explanation } from '../core/errors.ts';
import { nearest } from '../core/suggest.ts';

export type Failure = Explanation & { kind: 'expected' | 'cancelled' | 'bug' };

/** Three kinds of end: expected (explained), cancelled (soft), bug (with its stack). Undefined for an asked-for help text. */
export function outcomeOf(error: unknown, signal: AbortSignal): Failure | undefined {
  const isTold = error instanceof Cancelled && error.left;
  const cancelled = signal.aborted && !isTold ? signal.reason : error;
  if (cancelled instanceof Cancelled) {
    const { exit, message, left } = cancelled;
    return { kind: 'cancelled', code: 'E_CANCELLED', exit, message, ...left };
  }
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

/** Why, and what to try. */
const refusals: Record<string, readonly [string, string]> = {
  EACCES: ['permission denied: it may belong to another user', 'look at its owner and mode: ls -l'],
  EPERM: ['the system does not permit it', 'look at its owner and mode: ls -l'],
  EROFS: ['the file system is read-only', 'work in a folder that can be written to'],
  ENOSPC: ['no space is left on the disk', 'free some space, then repeat the command'],
  EDQUOT: ['the disk quota is used up', 'free some space, then repeat the command'],
  EMFILE: ['too many files are open', 'raise the limit (ulimit -n), then repeat the command'],
  EIO: ['the disk reports an error', 'look at the messages of the system'],
};

/** What the system refuses is nobody's mistake in the code, wherever it comes up. */
function systemRefusal(error: unknown): Failure | undefined {
  const { code, syscall, path } = error as NodeJS.ErrnoException;
  const known = code === undefined ? undefined : refusals[code];
  if (!known) return undefined;
  const [why, hint] = known;
  return {
    kind: 'expected',
    code: 'E_SYSTEM',
    exit: 'failure',
    message: `the system refuses to ${syscall ?? 'go on'}`,
    where: path,
    why: `${why} (${code})`,
    hints: [hint],
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

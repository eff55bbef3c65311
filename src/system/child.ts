import { signalGroup } from './process-group.ts';

export interface ChildOptions {
  cwd: string;
  /** Ends the program, and everything that it started. */
  signal: AbortSignal;
  /** Each line of its output, both streams, as it comes. */
  onLine: (line: string) => void;
}

export type ChildEnd = { how: 'done' } | { how: 'failed'; reason: string } | { how: 'missing' };

const killAfter = 3000;

/** Runs a program to its end, without a shell, in a process group of its own. Throws the signal's reason when aborted. */
export async function runChild(
  argv: readonly string[],
  { cwd, signal, onLine }: ChildOptions,
): Promise<ChildEnd> {
  signal.throwIfAborted();
  const { execa } = await import('execa');
  const [program, ...args] = argv;
  const child = execa(program!, args, {
    cwd,
    stdin: 'ignore',
    all: true,
    buffer: false,
    reject: false,
    detached: true,
    windowsHide: true,
  });
  let killing: NodeJS.Timeout | undefined;
  const end = () => {
    if (child.pid === undefined) return;
    const { pid } = child;
    signalGroup(pid, 'SIGTERM');
    killing = setTimeout(() => signalGroup(pid, 'SIGKILL'), killAfter);
  };
  signal.addEventListener('abort', end, { once: true });
  try {
    for await (const line of child.iterable({ from: 'all' })) onLine(line);
    const result = await child;
    signal.throwIfAborted();
    if (!result.failed) return { how: 'done' };
    if (result.code === 'ENOENT') return { how: 'missing' };
    const { exitCode, signal: killedBy, originalMessage } = result;
    if (killedBy) return { how: 'failed', reason: `it was ended by ${killedBy}` };
    if (exitCode !== undefined) return { how: 'failed', reason: `it exits with code ${exitCode}` };
    return { how: 'failed', reason: originalMessage ?? 'it could not be started' };
  } finally {
    signal.removeEventListener('abort', end);
    clearTimeout(killing);
  }
}

import { ExpectedError } from '../core/errors.ts';

export interface ToolOptions {
  /** Milliseconds. */
  timeout: number;
  cwd?: string;
}

/** Standard output of a program, run without a shell; undefined when there is no such program. Throws E_TOOL_FAILED (1) with its last words. */
export async function runTool(
  command: string,
  args: readonly string[],
  { timeout, cwd }: ToolOptions,
): Promise<string | undefined> {
  const { execa } = await import('execa');
  const result = await execa(command, args, {
    cwd,
    timeout,
    reject: false,
    stdin: 'ignore',
    stripFinalNewline: false,
  });
  if (result.code === 'ENOENT') return undefined;
  if (!result.failed) return result.stdout;
  const lines = result.stderr.trim().split('\n');
  throw new ExpectedError({
    code: 'E_TOOL_FAILED',
    exit: 'failure',
    message: result.timedOut ? `${command} did not end within ${timeout / 1000} s` : `${command} failed`,
    where: [command, ...args].join(' '),
    why: lines.slice(-20),
  });
}

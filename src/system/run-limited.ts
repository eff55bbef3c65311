import { whenAborted } from '../core/when-aborted.ts';

export interface LimitedRun {
  stdout: string;
  stderr: string;
  /** Undefined where it was ended by a signal, or never ran. */
  exitCode: number | undefined;
  /** How it ended; `late`: its time was over, and it was ended; `unstarted`: it is there, but cannot be run. */
  end: 'well' | 'failed' | 'missing' | 'unstarted' | 'late';
}

/**
 * Runs a program that gets no input, without a shell, for at most `within` milliseconds. Throws the reason of the first signal that is aborted.
 * In every case its process has ended then.
 */
export async function runLimited(
  command: string,
  args: readonly string[],
  {
    env,
    within,
    signals,
  }: { env: Readonly<Record<string, string>>; within: number; signals: readonly AbortSignal[] },
): Promise<LimitedRun> {
  const { execa } = await import('execa');
  for (const signal of signals) signal.throwIfAborted();
  // Held by us: a signal that only others are made of may be collected as garbage, and its timer with it.
  const over = new AbortController();
  const child = execa(command, args, {
    env,
    stdin: 'ignore',
    reject: false,
    cancelSignal: over.signal,
    forceKillAfterDelay: 500,
  });
  const stop = () => {
    over.abort();
    // What it has started itself may live on with these, and must not keep us.
    child.stdout.destroy();
    child.stderr.destroy();
  };
  const timer = setTimeout(stop, within);
  const listenNoMore = signals.map((signal) => whenAborted(signal, stop));
  const { stdout = '', stderr = '', exitCode, code, failed } = await child;
  clearTimeout(timer);
  for (const forget of listenNoMore) forget();
  for (const signal of signals) signal.throwIfAborted();
  if (over.signal.aborted) return { stdout, stderr, exitCode, end: 'late' };
  if (code === 'ENOENT') return { stdout, stderr, exitCode, end: 'missing' };
  if (code !== undefined) return { stdout, stderr, exitCode, end: 'unstarted' };
  return { stdout, stderr, exitCode, end: failed ? 'failed' : 'well' };
}

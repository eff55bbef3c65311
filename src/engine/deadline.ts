import { setMaxListeners } from 'node:events';
import { delay, formatDuration } from '../core/duration.ts';
import { ExpectedError } from '../core/errors.ts';
import { whenAborted } from '../core/when-aborted.ts';

/** The work's value, or undefined when the deadline (`performance.now()`) comes first: a place that hangs must not hold up the end. */
export async function before<T>(
  deadline: number,
  signal: AbortSignal,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T | undefined> {
  const limit = new AbortController();
  setMaxListeners(0, limit.signal); // every request of the work listens to it
  if (signal.aborted) limit.abort(signal.reason);
  const listenNoMore = whenAborted(signal, () => limit.abort(signal.reason));
  const promise = work(limit.signal);
  promise.catch(() => undefined);
  const late = delay(Math.max(0, deadline - performance.now()), limit.signal).then(() => undefined);
  late.catch(() => undefined);
  try {
    return await Promise.race([promise, late]);
  } finally {
    listenNoMore();
    limit.abort(over);
  }
}

/** One for all: an error of its own for each that ends as it should costs more than the rest of this. */
const over = new Error('the time for this is over');

/** The work's value. Throws E_TIMEOUT (7) when it takes longer than `timeout` milliseconds. */
export async function inTime<T>(
  timeout: number,
  { doing, signal }: { doing: string; signal: AbortSignal },
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const done = await before(performance.now() + timeout, signal, async (limit) => ({
    value: await work(limit),
  }));
  if (done) return done.value;
  throw new ExpectedError({
    code: 'E_TIMEOUT',
    exit: 'timeout',
    message: `${doing} took longer than ${formatDuration(timeout)}`,
    why: 'the place does not answer, or answers too slowly',
    hints: ['repeat the command, with a longer --timeout if the place is slow'],
  });
}

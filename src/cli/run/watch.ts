import { delay } from '../../core/duration.ts';
import { ExpectedError, throwIfAborted } from '../../core/errors.ts';
import type { Invocation } from '../invocation.ts';
import type { Style } from '../ui/style.ts';

const lookEvery = 1000;

/** Shows what each look finds, until Ctrl-C. A place that does not answer for a while is told of and asked again. */
export async function watch<T>(
  command: string,
  first: T,
  look: () => Promise<T>,
  text: (found: T, style: Style, now: number) => string,
  { ui, signal }: Pick<Invocation, 'ui' | 'signal'>,
): Promise<void> {
  const live = ui.live(command);
  try {
    for (let found = first; !signal.aborted; ) {
      const shown = found;
      live.show(shown, (style) => text(shown, style, Date.now()));
      found = (await nextLook(look, live.note, signal)) ?? found;
    }
  } finally {
    live.end();
  }
  throwIfAborted(signal);
}

/** Undefined once the signal has come. */
async function nextLook<T>(
  look: () => Promise<T>,
  note: (message: string) => void,
  signal: AbortSignal,
): Promise<T | undefined> {
  while (!signal.aborted) {
    try {
      await delay(lookEvery, signal);
      return await orAborted(look(), signal);
    } catch (error) {
      if (signal.aborted) return undefined;
      if (!(error instanceof ExpectedError && error.explanation.exit === 'unreachable')) throw error;
      const { message, why } = error.explanation;
      note(`${[message, ...[why ?? []].flat().slice(0, 1)].join(': ')}; what is shown is from before`);
    }
  }
  return undefined;
}

/** Nobody waits for a place that hangs. */
function orAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const onAbort = () => reject(signal.reason);
    signal.addEventListener('abort', onAbort, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', onAbort));
  });
}

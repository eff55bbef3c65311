/** Lines from many writers for one reader, which ends when the signal is aborted. */
export function lineQueue<T>(signal: AbortSignal) {
  const waiting: T[] = [];
  let failure: unknown;
  let wake = () => {};
  signal.addEventListener('abort', () => wake(), { once: true });
  return {
    add(line: T) {
      waiting.push(line);
      wake();
    },
    /** Ends the reader with the error; after the signal nothing is an error. */
    fail(error: unknown) {
      if (!signal.aborted) failure ??= error;
      wake();
    },
    async *lines(): AsyncGenerator<T> {
      while (!signal.aborted) {
        yield* waiting.splice(0);
        if (failure !== undefined) throw failure;
        if (waiting.length > 0 || signal.aborted) continue;
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
    },
  };
}

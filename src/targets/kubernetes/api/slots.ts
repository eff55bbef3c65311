/**
 * Runs work as soon as a slot is free, first come first served. There are `count` slots, which is what keeps a server near by busy.
 * Where answers take long although the server is not, since it is far away, there come to be up to four times as many.
 */
export function slots(count: number): <T>(work: () => Promise<T>) => Promise<T> {
  let size = count;
  let used = 0;
  let sinceChange = 0;
  let quickest = Number.POSITIVE_INFINITY;
  const waiting: (() => void)[] = [];

  const adapt = (ms: number) => {
    quickest = Math.min(quickest, ms);
    if (++sinceChange < size || waiting.length === 0) return;
    sinceChange = 0;
    // What an answer takes longer than the quickest one it has spent in the server, behind others.
    const queued = size * (1 - quickest / ms);
    if (queued < count / 2) size = Math.min(4 * count, size + 2);
    else if (queued > count) size = Math.max(count, size - 1);
  };
  const admit = () => {
    while (used < size && waiting.length > 0) {
      used++;
      waiting.shift()!();
    }
  };

  return async (work) => {
    if (used < size) used++;
    else await new Promise<void>((resolve) => waiting.push(resolve));
    const started = performance.now();
    try {
      const result = await work();
      adapt(performance.now() - started);
      return result;
    } finally {
      used--;
      admit();
    }
  };
}

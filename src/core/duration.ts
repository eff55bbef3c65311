import { whenAborted } from './when-aborted.ts';

const units: Record<string, number> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 };

/** Milliseconds of `90s`, `2m`, `1m30s`, `500ms`; undefined when it is no duration. */
export function parseDuration(text: string): number | undefined {
  if (!/^(\d+(ms|s|m|h))+$/.test(text)) return undefined;
  let total = 0;
  for (const [, amount, unit] of text.matchAll(/(\d+)(ms|s|m|h)/g)) total += Number(amount) * units[unit!]!;
  return total;
}

/** For people: `0.2s`, `41s`, `4m10s`, `2h5m`, `3d`. */
export function formatDuration(ms: number): string {
  const seconds = ms / 1000;
  if (seconds < 60) return seconds < 20 ? `${seconds.toFixed(1)}s` : `${Math.round(seconds)}s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes}m${Math.floor(seconds % 60)}s`;
  const hours = Math.floor(minutes / 60);
  return hours < 48 ? `${hours}h${minutes % 60}m` : `${Math.floor(hours / 24)}d`;
}

/** What a timer of Node can count; a longer one would end at once. */
const longestTimer = 2 ** 31 - 1;

/** Resolves after `ms`, at most 24 days, or rejects at once with the signal's reason when it is aborted. */
export function delay(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(signal.reason);
    const timer = setTimeout(
      () => {
        listenNoMore();
        resolve();
      },
      Math.min(ms, longestTimer),
    );
    const listenNoMore = whenAborted(signal, () => {
      clearTimeout(timer);
      reject(signal.reason);
    });
  });
}

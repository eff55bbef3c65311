import { appendFileSync } from 'node:fs';

/** `npm test -- --long`: every point instead of a share. */
export const long = process.env.CLOUDNATIVE_TEST_LONG === '1';

/** Of every random choice; printed with each figure, so that a failure can be had again. */
export const seed = Number(process.env.CLOUDNATIVE_TEST_SEED ?? 1);

/** Numbers from 0 to below 1 that are the same for the same seed. */
export function randomNumbers(from: number): () => number {
  let state = from >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/**
 * What was measured, where the run's output has it; `from` is the seed of what was tried. `CLOUDNATIVE_TEST_FIGURES` names a file that it
 * is added to.
 */
export function figure(check: string, text: string, from = seed): void {
  const line = `FIGURE ${check}: ${text}, seed ${from}\n`;
  process.stdout.write(line);
  const file = process.env.CLOUDNATIVE_TEST_FIGURES;
  if (file) appendFileSync(file, line);
}

/** As many of them as wanted, evenly spread. */
export function spread<T>(all: readonly T[], count: number): T[] {
  if (all.length <= count) return [...all];
  return Array.from({ length: count }, (_, index) => all[Math.floor(((index + 0.5) * all.length) / count)]!);
}

export function quantile(values: readonly number[], part: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? Number.NaN;
}

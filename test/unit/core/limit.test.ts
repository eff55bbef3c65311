import { expect, it } from 'vitest';
import { delay } from '../../../src/core/duration.ts';
import { mapLimit } from '../../../src/core/limit.ts';

const never = new AbortController().signal;

it('keeps the order and never exceeds the limit', async () => {
  let running = 0;
  let most = 0;
  const results = await mapLimit([30, 10, 20, 5, 1], 2, async (ms) => {
    most = Math.max(most, ++running);
    await delay(ms, never);
    running--;
    return ms;
  });
  expect(results).toEqual([30, 10, 20, 5, 1]);
  expect(most).toBe(2);
});

it('starts nothing more after a failure', async () => {
  const started: number[] = [];
  const work = mapLimit([1, 2, 3, 4], 1, async (item) => {
    started.push(item);
    if (item === 2) throw new Error('two');
  });
  await expect(work).rejects.toThrow('two');
  expect(started).toEqual([1, 2]);
});

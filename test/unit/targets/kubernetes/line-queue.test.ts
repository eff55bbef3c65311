import { expect, test } from 'vitest';
import { lineQueue } from '../../../../src/targets/kubernetes/observe/line-queue.ts';

const read = async (lines: AsyncIterable<number>, until: number, stop: AbortController) => {
  const got: number[] = [];
  for await (const line of lines) {
    got.push(line);
    if (line === until) stop.abort();
  }
  return got;
};

test('gives lines in the order in which they came, before and while it is read', async () => {
  const stop = new AbortController();
  const queue = lineQueue<number>(stop.signal);
  queue.add(1);
  queue.add(2);
  setTimeout(() => [3, 4, 5].forEach(queue.add), 20);
  expect(await read(queue.lines(), 5, stop)).toEqual([1, 2, 3, 4, 5]);
});

test('ends at the signal, also when no line comes', async () => {
  const stop = new AbortController();
  const queue = lineQueue<number>(stop.signal);
  setTimeout(() => stop.abort(), 20);
  expect(await read(queue.lines(), -1, stop)).toEqual([]);
});

test('tells a failure after the lines before it, and none after the signal', async () => {
  const stop = new AbortController();
  const queue = lineQueue<number>(stop.signal);
  queue.add(1);
  queue.fail(new Error('broken'));
  const got: number[] = [];
  await expect(async () => {
    for await (const line of queue.lines()) got.push(line);
  }).rejects.toThrow('broken');
  expect(got).toEqual([1]);

  const quiet = lineQueue<number>(stop.signal);
  stop.abort();
  quiet.fail(new Error('aborted'));
  expect(await read(quiet.lines(), -1, stop)).toEqual([]);
});

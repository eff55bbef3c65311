import { setTimeout } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { slots } from '../../../../src/targets/kubernetes/api/slots.ts';

test('never more at once than there are slots, first come first served, failures free theirs', async () => {
  const run = slots(3);
  let running = 0;
  let most = 0;
  const started: number[] = [];
  const work = (number: number) =>
    run(async () => {
      started.push(number);
      most = Math.max(most, ++running);
      await setTimeout(2);
      running--;
      if (number % 4 === 0) throw new Error(`no ${number}`);
      return number;
    });
  const numbers = Array.from({ length: 20 }, (_, index) => index);
  const results = await Promise.allSettled(numbers.map(work));
  expect(most).toBe(3);
  expect(started).toEqual(numbers);
  expect(results.filter(({ status }) => status === 'rejected')).toHaveLength(5);
  expect(running).toBe(0);
});

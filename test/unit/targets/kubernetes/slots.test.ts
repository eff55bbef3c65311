import { setTimeout } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { slots } from '../../../../src/targets/kubernetes/api/slots.ts';

test('never more at once than four times the slots, first come first served, failures free theirs', async () => {
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
  expect(most).toBeLessThanOrEqual(12);
  expect(started).toEqual(numbers);
  expect(results.filter(({ status }) => status === 'rejected')).toHaveLength(5);
  expect(running).toBe(0);
});

describe('with time that stands still', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  /** The most requests at once that a server gets: it works on `atOnce` of them, each for `work` ms, and is `way` ms away. */
  async function mostAtOnce(
    requests: number,
    { way, work, atOnce }: Record<string, number>,
  ): Promise<number> {
    const free = Array.from({ length: atOnce! }, () => 0);
    let underWay = 0;
    let most = 0;
    const request = async () => {
      most = Math.max(most, ++underWay);
      const lane = free.indexOf(Math.min(...free));
      free[lane] = Math.max(free[lane]!, performance.now()) + work!;
      await new Promise((resolve) => globalThis.setTimeout(resolve, free[lane]! - performance.now() + way!));
      underWay--;
    };
    const run = slots(8);
    const all = Promise.all(Array.from({ length: requests }, () => run(request)));
    await vi.runAllTimersAsync();
    await all;
    return most;
  }

  test('a server that is near gets no more at once, however many wait', async () => {
    expect(await mostAtOnce(1000, { way: 1, work: 2, atOnce: 1 })).toBe(8);
  });

  test('one that is far away gets up to four times as many, as long as that makes no queue there', async () => {
    expect(await mostAtOnce(1000, { way: 100, work: 1, atOnce: 4 })).toBe(32);
    expect(await mostAtOnce(1000, { way: 20, work: 4, atOnce: 2 })).toBeLessThan(24);
  });
});

import { expect, test } from 'vitest';
import type { Cluster } from '../../../../src/targets/kubernetes/cluster.ts';
import { lastLines } from '../../../../src/targets/kubernetes/rollout/container-log.ts';

const linesOf = (text: string) => {
  const cluster = { namespace: 'shop', api: { text: async () => text } } as unknown as Cluster;
  return lastLines({ pod: 'orders-1', container: 'orders', previous: false }, cluster, 3);
};

test('the last lines of a log are told', async () => {
  expect(await linesOf('one\n\ntwo\nthree\n\u001b[31mfour\u001b[0m\n')).toEqual(['two', 'three', 'four']);
});

test('a line is cut where a terminal would break it again and again, between characters', async () => {
  const [exact, long, wide] = await linesOf(`${'a'.repeat(160)}\n${'b'.repeat(161)}\n${'😀'.repeat(300)}\n`);
  expect(exact).toBe('a'.repeat(160));
  expect(long).toBe(`${'b'.repeat(159)}…`);
  expect(wide).toBe(`${'😀'.repeat(159)}…`);
});

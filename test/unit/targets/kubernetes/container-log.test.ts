import { expect, test } from 'vitest';
import type { Cluster } from '../../../../src/targets/kubernetes/cluster.ts';
import { lastLines } from '../../../../src/targets/kubernetes/rollout/container-log.ts';

/** A container with these logs of its present and its previous instance, as the node gives them. */
const lastOf = ({ present = '', previous = '' }, of: 'present' | 'previous' = 'present') => {
  const text = async ({ query }: { query: { previous?: string } }) => (query.previous ? previous : present);
  const cluster = { namespace: 'shop', api: { text } } as unknown as Cluster;
  return lastLines({ pod: 'orders-1', container: 'orders', previous: of === 'previous' }, cluster, 3);
};
const stamped = (...lines: string[]) =>
  lines.map((line) => `2026-01-02T10:00:00.123456789Z ${line}\n`).join('');
const lost = 'unable to retrieve container logs for containerd://0123';

test('the last lines of a log are told', async () => {
  const present = stamped('one', '', 'two', 'three', '\u001b[31mfour\u001b[0m');
  expect(await lastOf({ present })).toEqual({ lines: ['two', 'three', 'four'], previous: false });
});

test('a line is cut where a terminal would break it again and again, between characters', async () => {
  const present = stamped('a'.repeat(160), 'b'.repeat(161), '😀'.repeat(300));
  const [exact, long, wide] = (await lastOf({ present })).lines;
  expect(exact).toBe('a'.repeat(160));
  expect(long).toBe(`${'b'.repeat(159)}…`);
  expect(wide).toBe(`${'😀'.repeat(159)}…`);
});

test('an instance that has written nothing, or whose log is not found, gives way to the other one', async () => {
  const crash = stamped('DATABASE_URL is not set');
  const lines = ['DATABASE_URL is not set'];
  expect(await lastOf({ present: '', previous: crash })).toEqual({ lines, previous: true });
  expect(await lastOf({ present: lost, previous: crash })).toEqual({ lines, previous: true });
  expect(await lastOf({ present: crash, previous: lost }, 'previous')).toEqual({ lines, previous: false });
  expect(await lastOf({ present: stamped('other'), previous: crash }, 'previous')).toEqual({
    lines,
    previous: true,
  });
  expect((await lastOf({ present: lost })).lines).toEqual([]);
});

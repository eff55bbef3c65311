import { expect, it } from 'vitest';
import { entriesOf, standingOf } from '../../../src/actions/records-of.ts';
import { ExpectedError } from '../../../src/core/errors.ts';
import type { Release } from '../../../src/core/release.ts';
import type { Records } from '../../../src/targets/records.ts';
import type { HeldLock } from '../../../src/targets/target.ts';

const lock: HeldLock = { who: 'ada@laptop', where: 'a lease', duration: 30 };
const release = (number: number, result: Release['result']) => ({ number, result }) as Release;
/** Answers one list after another, and the last one for ever. */
const records = (...lists: Release[][]) =>
  ({ list: async () => (lists.length > 1 ? lists.shift()! : lists[0]!) }) as unknown as Records;
const forbidden = async () => {
  throw new ExpectedError({ code: 'E_FORBIDDEN', exit: 'notFound', message: 'no' });
};

const [good, failed, pending] = [release(1, 'deployed'), release(2, 'failed'), release(2, 'pending')];

it('tells of the newest release where it is not the live one', async () => {
  expect(await standingOf({ records: records([failed, good]) })).toMatchObject({
    live: { number: 1 },
    later: { number: 2, state: 'failed' },
  });
  expect(await standingOf({ records: records([good]) })).toMatchObject({ live: good, later: undefined });
  expect(await standingOf({ records: records([failed]) })).toMatchObject({
    live: undefined,
    later: { number: 2 },
  });
  for (const target of [{}, { records: records([]) }, { records: { ...records([]), list: forbidden } }])
    expect(await standingOf(target)).toEqual({});
});

it('takes one for under way only while somebody holds the lock', async () => {
  const state = async (heldLock: (() => Promise<HeldLock | undefined>) | undefined, ...lists: Release[][]) =>
    (await entriesOf(records(...lists), { heldLock }))[0]?.state;
  expect(await state(async () => lock, [pending, good])).toBe('pending');
  expect(await state(async () => undefined, [pending, good])).toBe('interrupted');
  expect(await state(forbidden, [pending, good])).toBe('pending');
  expect(await state(undefined, [pending, good])).toBe('pending');
  // It ended, or another began, just then.
  expect(await state(async () => undefined, [pending, good], [release(2, 'deployed'), good])).toBe('live');
  expect(await state(async () => undefined, [pending, good], [release(3, 'pending'), pending])).toBe(
    'pending',
  );
});

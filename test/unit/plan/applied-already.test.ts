import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Action } from '../../../src/core/change.ts';
import { appliedAlready } from '../../../src/plan/applied-already.ts';
import type { SealedNow } from '../../../src/plan/moved-since.ts';
import type { SealedChange } from '../../../src/plan/saved-plan.ts';

const change = (
  id: string,
  action: Action,
  wanted = 'w',
  more: Partial<SealedChange> = {},
): SealedChange => ({
  id,
  action,
  service: 'orders',
  fields: [],
  after: [],
  basis: { wanted, uid: `${id}-1` },
  ...more,
});
const sealed = (changes: readonly SealedChange[], more: Partial<SealedNow> = {}): SealedNow => ({
  artifacts: {},
  pending: [],
  changes,
  ...more,
});
const home = { id: 'Namespace/shop', action: 'create', fields: [], after: [] } as const;
const notes = change('ConfigMap/record', 'update', 'w', { bookkeeping: true });

const action = fc.constantFrom<Action>('create', 'update', 'replace', 'remove', 'none');
const saved = fc.uniqueArray(fc.record({ id: fc.string({ minLength: 1 }), action, wanted: fc.string() }), {
  minLength: 1,
  maxLength: 6,
  selector: ({ id }) => id,
});

it('is so for any plan that was carried out, whatever the objects are called now', () => {
  fc.assert(
    fc.property(saved, (list) => {
      const was = list.map(({ id, action, wanted }) => change(id, action, wanted));
      const is = list.flatMap(({ id, action, wanted }) =>
        action === 'remove' ? [] : [change(id, 'none', wanted, { basis: { wanted, uid: 'another' } })],
      );
      expect(appliedAlready(sealed([home, ...was, notes]), sealed([...is, notes]))).toBe(true);
    }),
  );
});

it('is not so when any one thing of it is missing, unfinished or another', () => {
  const spoilt: ((was: SealedChange) => SealedChange[])[] = [
    (was) => (was.action === 'remove' ? [change(was.id, 'none')] : []),
    (was) => [change(was.id, 'update', was.basis!.wanted)],
    (was) => [change(was.id, 'none', `${was.basis!.wanted} and more`)],
    (was) => [
      ...(was.action === 'remove' ? [] : [{ ...was, action: 'none' as const }]),
      change('\0', 'none'),
    ],
  ];
  fc.assert(
    fc.property(saved, fc.nat(), fc.constantFrom(...spoilt), (list, at, spoil) => {
      const was = list.map(({ id, action, wanted }) => change(id, action, wanted));
      const done = (one: SealedChange): SealedChange[] =>
        one.action === 'remove' ? [] : [{ ...one, action: 'none' }];
      const is = was.flatMap((one, index) => (index === at % was.length ? spoil(one) : done(one)));
      expect(appliedAlready(sealed(was), sealed(is))).toBe(false);
    }),
  );
});

it('is not so in another place, for another image, or one that is still to be built', () => {
  const [was, is] = [[change('A/a', 'update')], [change('A/a', 'none')]];
  const now = (more: Partial<SealedNow>) =>
    appliedAlready(sealed(was, { placeId: 'p', artifacts: { orders: 'r@1' } }), sealed(is, more));
  expect(now({ placeId: 'p', artifacts: { orders: 'r@1' } })).toBe(true);
  expect(now({ placeId: 'q', artifacts: { orders: 'r@1' } })).toBe(false);
  expect(now({ placeId: 'p', artifacts: { orders: 'r@2' } })).toBe(false);
  expect(now({ placeId: 'p', artifacts: { orders: 'r@1' }, pending: ['orders'] })).toBe(false);
});

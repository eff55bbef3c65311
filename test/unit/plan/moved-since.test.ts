import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonicalJson } from '../../../src/core/canonical-json.ts';
import type { Action, Change, FieldChange, Plan } from '../../../src/core/change.ts';
import { movedSince, type SealedNow } from '../../../src/plan/moved-since.ts';
import type { SealedChange } from '../../../src/plan/saved-plan.ts';
import { seal } from '../../../src/plan/seal.ts';

const salt = 'ab'.repeat(32);

interface Known {
  change: Change;
  basis: { uid?: string; wanted: unknown; found?: unknown };
}

/** A plan's changes and what they were computed from, sealed. */
function sealed(known: readonly Known[], more: Partial<SealedNow> = {}): SealedNow {
  const plan: Plan = {
    version: 1,
    app: 'shop',
    environment: 'staging',
    place: 'a test',
    changes: known.map(({ change }) => change),
  };
  const changes = new Map(
    known.flatMap(({ change, basis }) => (change.bookkeeping ? [] : [[change.id, basis]])),
  );
  return { artifacts: {}, pending: [], changes: seal(plan, { changes }, salt), ...more };
}

const one = (id: string, more: Partial<Change> = {}, basis: Partial<Known['basis']> = {}): Known => ({
  change: { id, action: 'update', service: 'orders', fields: [], after: [], desired: { secret: 1 }, ...more },
  basis: { uid: 'u1', wanted: { image: 'a' }, found: { fields: [] }, ...basis },
});

const moved = (was: SealedNow, is: SealedNow) =>
  movedSince(was, is).map(({ what, how, fields }) => [what, how, ...fields].join('; '));

describe('what has moved since a plan was saved', () => {
  const field = (before: string, after: string): FieldChange => ({ path: 'spec.replicas', before, after });
  const cases: [string, Known[], Known[], string[]][] = [
    ['nothing', [one('A/a')], [one('A/a')], []],
    ['a resource that came', [], [one('A/a')], ['A/a; new in the plan']],
    ['a resource that left', [one('A/a')], [], ['A/a; no longer in the plan']],
    ['another uid', [one('A/a')], [one('A/a', {}, { uid: 'u2' })], ['A/a; made anew by someone']],
    [
      'other files',
      [one('A/a', { fields: [field('1', '3')] })],
      [one('A/a', { fields: [field('1', '4')] }, { wanted: { image: 'b' } })],
      ['A/a; its files have changed; spec.replicas would become 4, not 3'],
    ],
    [
      'another value there',
      [one('A/a', { fields: [field('1', '3')] })],
      [one('A/a', { fields: [field('2', '3')] }, { found: 2 })],
      ['A/a; changed by someone; spec.replicas is 2 now, not 1'],
    ],
    [
      'a value that is not shown',
      [one('A/a', { fields: [{ path: 'data.x', secret: true }] })],
      [one('A/a', { fields: [{ path: 'data.x', secret: true }] }, { found: 'other' })],
      ['A/a; changed by someone'],
    ],
    [
      'a change by hand of what was right',
      [one('A/a', { action: 'none' })],
      [one('A/a', { fields: [field('9', '3')] })],
      ['A/a; changed by someone; spec.replicas would change too, from 9'],
    ],
    ['one that is gone', [one('A/a')], [one('A/a', { action: 'create' })], ['A/a; removed by someone']],
    ['one that came', [one('A/a', { action: 'create' })], [one('A/a')], ['A/a; made by someone meanwhile']],
    [
      'one that is right now',
      [one('A/a', { fields: [field('1', '3')] })],
      [one('A/a', { action: 'none' })],
      ['A/a; there is nothing to change in it now; spec.replicas would change no more'],
    ],
    [
      'a file that somebody edited',
      [one('A/a', { fields: [field('1', '3')] })],
      [one('A/a', { fields: [field('1', '5')] })],
      ['A/a; other fields of it would change; spec.replicas would become 5, not 3'],
    ],
    ['the notes of the place', [one('A/a')], [one('A/a'), one('R/r', { bookkeeping: true })], []],
  ];
  it.each(cases)('names %s', (_, was, is, expected) => {
    expect(moved(sealed(was), sealed(is))).toEqual(expected);
  });

  it('names the service whose image would be another, and not its pods for the image alone', () => {
    const image = (after: string): FieldChange[] => [
      { path: 'containers[orders].image', before: '1', after },
    ];
    const was = sealed([one('D/orders', { fields: image('2') })], { artifacts: { orders: 'r@2' } });
    const others = one('D/orders', { fields: image('3') }, { wanted: 3 });
    expect(moved(was, sealed([others], { artifacts: { orders: 'r@3' } }))).toEqual([
      'what orders runs; its sources have changed',
    ]);
    const pending = { artifacts: { orders: 'r@3' }, pending: ['orders'] };
    expect(moved(was, sealed([others], pending))).toEqual(['what orders runs; its sources have changed']);
    const more = one('D/orders', { fields: [...image('3'), field('1', '2')] }, { wanted: 3 });
    expect(moved(was, sealed([more], pending))).toHaveLength(2);
    const gone = { artifacts: { orders: 'r@2' }, pending: ['orders'] };
    expect(moved(was, sealed([one('D/orders', { fields: image('2') })], gone))).toEqual([
      'what orders runs; its build is gone, and would be made anew',
    ]);
  });

  it('names another place of the same name, where both could be told apart', () => {
    const at = (placeId?: string) => sealed([one('A/a')], placeId === undefined ? {} : { placeId });
    expect(moved(at('p1'), at('p2'))).toEqual(['the place; another one of the same name']);
    expect(moved(at('p1'), at())).toEqual([]);
  });
});

describe('any plan', () => {
  const actions: Action[] = ['create', 'update', 'replace', 'remove', 'none'];
  const word = fc.string({ minLength: 1, maxLength: 8 });
  const field = fc.record({ path: word, before: word, after: word });
  const known: fc.Arbitrary<Known> = fc.record({
    change: fc.record({
      id: word,
      action: fc.constantFrom(...actions),
      fields: fc.uniqueArray(field, { maxLength: 4, selector: ({ path }) => path }),
      service: word,
      after: fc.constant([]),
      desired: fc.json(),
    }),
    basis: fc.record({ uid: word, wanted: fc.jsonValue(), found: fc.jsonValue() }),
  });
  const plans = fc.uniqueArray(known, { minLength: 1, maxLength: 6, selector: ({ change }) => change.id });

  it('is the same in any order of changes and keys', () => {
    fc.assert(
      fc.property(plans, fc.integer(), (plan, seed) => {
        const other = shuffled(
          plan.map((one) => reversed(one) as Known),
          seed,
        );
        expect(moved(sealed(plan), sealed(other))).toEqual([]);
      }),
    );
  });

  const mutations: Record<string, (one: Known, spare: string) => Known> = {
    uid: (one, spare) => ({ ...one, basis: { ...one.basis, uid: one.basis.uid + spare } }),
    'no uid': (one) => ({ ...one, basis: { ...one.basis, uid: undefined } }),
    wanted: (one, spare) => ({ ...one, basis: { ...one.basis, wanted: [one.basis.wanted, spare] } }),
    found: (one, spare) => ({ ...one, basis: { ...one.basis, found: [one.basis.found, spare] } }),
    'nothing found': (one) => ({ ...one, basis: { ...one.basis, found: undefined } }),
    action: (one) => ({ ...one, change: { ...one.change, action: next(one.change.action) } }),
    id: (one, spare) => ({ ...one, change: { ...one.change, id: `${one.change.id}\n${spare}` } }),
    fields: (one, spare) => ({
      ...one,
      change: { ...one.change, fields: [...one.change.fields, { path: `\n${spare}`, after: spare }] },
    }),
    'a value of a field': (one, spare) => {
      const [first = { path: 'x' }, ...rest] = one.change.fields;
      const fields = [{ ...first, before: `${first.before}${spare}` }, ...rest];
      return { ...one, change: { ...one.change, fields } };
    },
  };
  it.each(Object.entries(mutations))('is another with another %s, and the change is named', (_, mutate) => {
    fc.assert(
      fc.property(plans, fc.nat(), word, (plan, at, spare) => {
        const index = at % plan.length;
        const other = plan.map((one, here) => (here === index ? mutate(one, spare) : one));
        const names = movedSince(sealed(plan), sealed(other)).map(({ what }) => what);
        expect(names).toContain(plan[index]!.change.id);
        expect(names.filter((name) => ![plan, other].some((one) => one[index]!.change.id === name))).toEqual(
          [],
        );
      }),
    );
  });

  it('shows nothing of what it was computed from, sealed or when it has moved', () => {
    const canary = fc.string({ minLength: 6, maxLength: 20, unit: fc.constantFrom(...'qwxyz7') });
    fc.assert(
      fc.property(plans, canary, canary, (plan, before, after) => {
        const hidden = (value: string) =>
          plan.map((one) => ({
            ...one,
            basis: { ...one.basis, wanted: { value }, found: { [value]: value } },
          }));
        const [was, is] = [sealed(hidden(`#${before}`)), sealed(hidden(`#${after}#`))];
        const text = JSON.stringify([was, is, movedSince(was, is)]);
        expect(text).not.toContain(`#${before}`);
        expect(text).not.toContain(`#${after}#`);
      }),
    );
  });

  it('has other hashes with another salt, and for another resource', () => {
    const hashes = ({ changes }: { changes: readonly SealedChange[] }) =>
      changes.map(({ basis }) => basis!.wanted);
    const two = sealed([one('A/a'), one('A/b')]);
    expect(new Set(hashes(two)).size).toBe(2);
    const plan = { version: 1, app: '', environment: '', place: '', changes: [one('A/a').change] } as const;
    const basis = { changes: new Map([['A/a', one('A/a').basis]]) };
    expect(seal(plan, basis, 'cd'.repeat(32))[0]!.basis!.wanted).not.toBe(hashes(two)[0]);
    expect(seal(plan, basis, salt)[0]!.basis!.wanted).toBe(hashes(two)[0]);
  });
});

describe('the canonical text of a value', () => {
  it('is the same for equal values, and another for others', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(canonicalJson(reversed(value))).toBe(canonicalJson(value));
        expect(JSON.parse(canonicalJson(value))).toEqual(JSON.parse(JSON.stringify(value)));
      }),
    );
    expect(canonicalJson({ a: undefined })).toBe('{}');
    expect(canonicalJson(JSON.parse('{"__proto__": 1}'))).toBe('{"__proto__":1}');
  });
});

function next(action: Action): Action {
  return action === 'none' ? 'update' : 'none';
}

/** The same value with the keys of all maps the other way round. */
function reversed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(reversed);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).reverse();
  return Object.fromEntries(entries.map(([key, one]) => [key, reversed(one)]));
}

function shuffled<T>(items: readonly T[], seed: number): T[] {
  const turn = Math.abs(seed) % items.length;
  return [...items.slice(turn), ...items.slice(0, turn)].reverse();
}

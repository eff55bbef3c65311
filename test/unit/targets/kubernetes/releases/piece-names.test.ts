import fc from 'fast-check';
import { expect, it } from 'vitest';
import {
  headName,
  parsePieceName,
  partName,
} from '../../../../../src/targets/kubernetes/releases/piece-names.ts';

const name = fc.stringMatching(/^[a-z]([-a-z0-9]{0,8}[a-z0-9])?$/);
const scope = fc.record({ app: name, environment: name });
const count = fc.integer({ min: 1, max: 999_999_999 });
const run = fc.stringMatching(/^[0-9a-f]{8}$/);

it('the name of a piece says which it is, and only to its own app', () =>
  fc.assert(
    fc.property(scope, scope, count, run, count, (own, other, number, by, part) => {
      const head = headName(number, { scope: own });
      const piece = partName({ number, run: by }, part, { scope: own });
      expect(parsePieceName(head, { scope: own })).toEqual({ number, part: 'head' });
      expect(parsePieceName(piece, { scope: own })).toEqual({ number, run: by, part });
      fc.pre(own.app !== other.app || own.environment !== other.environment);
      for (const given of [head, piece]) expect(parsePieceName(given, { scope: other })).toBeUndefined();
    }),
  ));

it('other names are of no piece', () => {
  const of = (rest: string) =>
    parsePieceName(`cloudnative.shop.eu.release.${rest}`, { scope: { app: 'shop', environment: 'eu' } });
  for (const rest of [
    '',
    '0',
    '01',
    '1.',
    '2026-11',
    '1.0123456',
    '1.01234567',
    '1.01234567.0',
    '1.0123456x.1',
    '1.01234567.1.1',
    '1e3',
  ])
    expect(of(rest)).toBeUndefined();
  expect(of('1')).toEqual({ number: 1, part: 'head' });
});

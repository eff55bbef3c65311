import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ExpectedError } from '../../../../src/core/errors.ts';
import { compileGoRegexp } from '../../../../src/observability/relabel/go-regexp.ts';

const matches = (regex: string, text: string) => compileGoRegexp(regex).regexp.test(text);

describe('compileGoRegexp', () => {
  it.each([
    ['a|ab', 'ab', true],
    ['a', 'ba', false],
    ['.*', 'a\nb', true],
    ['(?-s:.*)', 'a\nb', false],
    ['a$', 'a\n', false],
    ['(?m)a$\nb', 'a\nb', true],
    ['\\d+', '٣', false],
    ['\\s', '\v', false],
    ['[[:alpha:]]+', 'aé', false],
    ['[[:^digit:]]', 'é', true],
    ['\\pL+', 'aé', true],
    ['[^\\PLa]', 'b', true],
    ['\\p{Greek}', 'ω', true],
    ['(?i)straSSe', 'STRASSE', true],
    ['(?i)k', '\u212a', true],
    ['a(?i)b|c', 'aB', true],
    ['a(?i)b|c', 'C', true],
    ['(?i:a)b', 'AB', false],
    ['[]a]+', ']a', true],
    ['a{,2}', 'a{,2}', true],
    ['a{2}', 'aa', true],
    ['\\Qa.b\\E.', 'a.bx', true],
    ['\\Qa.b\\E.', 'axbx', false],
    ['\\x41\\x{1F600}\\101', 'A😀A', true],
    ['.', '😀', true],
    ['(?P<one>a)(?<two>b)', 'ab', true],
    ['^*a', 'a', true],
    ['[^\\x00-\\x{10FFFF}]', 'a', false],
  ])('%s on %j: %s', (regex, text, expected) => {
    expect(matches(regex, text)).toBe(expected);
  });

  it('gives the groups that Go gives', () => {
    const { regexp, names } = compileGoRegexp('(?P<first>a+?)(?U)(a+)(a*)');
    expect(regexp.exec('aaaa')!.slice(1)).toEqual(['a', 'a', 'aa']);
    expect(names).toEqual(new Map([['first', 1]]));
  });

  it.each([
    '(',
    'a)',
    '[a',
    '*a',
    'a**',
    'a{2}{3}',
    '\\1',
    '\\Z',
    '(?=a)',
    '(?P<a>b)(?P<a>c)',
    'a{1001}',
    '[b-a]',
    '\\8',
    '(?i-)a',
    '[[:none:]]',
  ])('refuses %s, as Go does', (regex) => {
    expect(() => compileGoRegexp(regex)).toThrow(ExpectedError);
  });

  it('refuses what it could only say otherwise', () => {
    expect(() => compileGoRegexp('(?i)\\pL')).toThrow(/cannot be used/);
    expect(() => compileGoRegexp('\\p{None}')).toThrow(/cannot be used/);
  });

  it.each([
    ['((a)|b)*', true],
    ['(a*)*', true],
    ['(([0-9]{1,3}\\.){3}[0-9]{1,3})', false],
    ['(?:a|b)*(c)?', false],
  ])('knows of %s whether a group may be forgotten: %s', (regex, forgetful) => {
    expect(compileGoRegexp(regex).forgetful).toBe(forgetful);
  });

  it('takes a quotation for just its own text', () => {
    const unit = fc.constantFrom(...'aB9.*+?[](){}^$|\\-é😀\n\u2028');
    const text = fc.string({ unit, maxLength: 6 });
    fc.assert(
      fc.property(text, text, (quoted, other) => {
        const regex = `\\Q${quoted}\\E`;
        expect(matches(regex, quoted)).toBe(true);
        expect(matches(regex, other)).toBe(other === quoted);
      }),
    );
  });
});

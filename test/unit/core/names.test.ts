import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type NameKind, nameProblem, suggestLabel } from '../../../src/core/names.ts';

/** Verdicts of Kubernetes' own validation (k8s.io/apimachinery 0.37.2): one letter for each kind that accepts the value. */
const recorded: { value: string; accepts: string }[] = JSON.parse(
  readFileSync(new URL('./kubernetes-names.json', import.meta.url), 'utf8'),
);
const letters: Record<NameKind, string> = {
  dns1123Label: 'l',
  dns1123Subdomain: 's',
  dns1035Label: '5',
  labelValue: 'v',
  qualifiedName: 'q',
  portName: 'p',
  envVarName: 'e',
};
const kinds = Object.keys(letters) as NameKind[];

describe.each(kinds)('%s', (kind) => {
  test('accepts and refuses what Kubernetes does', () => {
    const wrong = recorded.filter(
      ({ value, accepts }) => (nameProblem(kind, value) === undefined) !== accepts.includes(letters[kind]),
    );
    expect(wrong).toEqual([]);
    const accepted = recorded.filter(({ accepts }) => accepts.includes(letters[kind])).length;
    expect(accepted).toBeGreaterThan(30);
    expect(recorded.length - accepted).toBeGreaterThan(30);
  });

  test('agrees with a character by character reading', () => {
    const text = fc.string({ unit: fc.constantFrom(...'abz019AZ-._/é =\n'), maxLength: 18 });
    fc.assert(
      fc.property(fc.oneof(text, fc.string({ unit: 'binary', maxLength: 70 })), (value) => {
        expect(nameProblem(kind, value) === undefined).toBe(oracles[kind](value));
      }),
      { numRuns: 2_000 },
    );
  });
});

describe('a suggested label', () => {
  test.each([
    ['Order Desk!', 'order-desk'],
    ['OrderDesk', 'order-desk'],
    ['../../x', 'x'],
    ['-rf', 'rf'],
    ['9lives', 'lives'],
    ['Größe', 'gro-e'],
    ['café', 'cafe'],
    ['a'.repeat(300), 'a'.repeat(63)],
    [`${'a'.repeat(62)}-b`, 'a'.repeat(62)],
    ['42', undefined],
    ['日本', undefined],
    ['', undefined],
  ])('of %j is %j', (text, label) => {
    expect(suggestLabel(text)).toBe(label);
  });

  test('is always valid, and a valid label is its own', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 80 }), (text) => {
        const label = suggestLabel(text);
        if (label !== undefined) expect(nameProblem('dns1035Label', label)).toBeUndefined();
        if (nameProblem('dns1035Label', text) === undefined && !text.includes('--')) expect(label).toBe(text);
      }),
    );
    for (const { value, accepts } of recorded) {
      if (accepts.includes('5') && !value.includes('--')) expect(suggestLabel(value)).toBe(value);
    }
  });
});

test('the problem says what is wrong', () => {
  expect(nameProblem('dns1035Label', '')).toBe('it is empty');
  expect(nameProblem('dns1035Label', 'a'.repeat(70))).toBe('it has 70 characters, at most 63 are allowed');
  expect(nameProblem('dns1035Label', '../x')).toBe(
    'it must begin with a-z, end with a-z or 0-9 and hold only a-z, 0-9 and -',
  );
  expect(nameProblem('qualifiedName', 'A/b')).toMatch(/^before the \/, it must be parts/);
});

// Written apart from the implementation: no regular expressions, only positions and sets of characters.
const lower = 'abcdefghijklmnopqrstuvwxyz';
const digits = '0123456789';
const alphanumeric = `${lower}${lower.toUpperCase()}${digits}`;

function made(value: string, first: string, inner: string, last: string): boolean {
  const chars = [...value];
  if (chars.length === 0) return false;
  if (!first.includes(chars[0]!) || !last.includes(chars.at(-1)!)) return false;
  return chars.every((char) => inner.includes(char));
}

const label = (value: string) => made(value, lower + digits, `${lower}${digits}-`, lower + digits);
const part = (value: string) => made(value, alphanumeric, `${alphanumeric}-_.`, alphanumeric);
const subdomain = (value: string) => value.length <= 253 && value.split('.').every(label);

const oracles: Record<NameKind, (value: string) => boolean> = {
  dns1123Label: (value) => value.length <= 63 && label(value),
  dns1123Subdomain: subdomain,
  dns1035Label: (value) => value.length <= 63 && label(value) && lower.includes(value[0]!),
  labelValue: (value) => value === '' || (value.length <= 63 && part(value)),
  qualifiedName: (value) => {
    const [prefix, name, ...more] = value.includes('/') ? value.split('/') : ['a', value];
    return more.length === 0 && subdomain(prefix!) && name!.length <= 63 && part(name!);
  },
  portName: (value) =>
    value.length <= 15 &&
    label(value) &&
    !value.includes('--') &&
    [...value].some((char) => lower.includes(char)),
  envVarName: (value) => {
    const head = `${lower}${lower.toUpperCase()}-._`;
    return made(value, head, head + digits, head + digits) && value !== '.' && !value.startsWith('..');
  },
};

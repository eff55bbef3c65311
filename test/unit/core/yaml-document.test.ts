import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseYamlDocument } from '../../../src/core/yaml-document.ts';

const text = `name: shop   # a comment
list:
  - a
  - {key: 1.10, other: "x y"}
deep:
  quoted: 'it''s'
  empty:
shared: &s {port: 80}
again: *s
`;

describe('a document', () => {
  const document = parseYamlDocument(text);

  test('has the value of its text', () => {
    expect(document.problems).toEqual([]);
    expect(document.value).toEqual({
      name: 'shop',
      list: ['a', { key: 1.1, other: 'x y' }],
      deep: { quoted: "it's", empty: null },
      shared: { port: 80 },
      again: { port: 80 },
    });
  });

  test.each([
    [[], '1:1', '1:1'],
    [['name'], '1:7', '1:1'],
    [['list', 1, 'key'], '4:11', '4:6'],
    [['deep', 'quoted'], '6:11', '6:3'],
    [['again', 'port'], '8:19', '8:13'],
    [['list', 7], '3:3', '3:3'],
    [['deep', 'missing', 'more'], '6:3', '6:3'],
  ])('knows where %j stands', (path, value, key) => {
    const shown = ({ line, column }: { line: number; column: number }) => `${line}:${column}`;
    expect(shown(document.position(path))).toBe(value);
    expect(shown(document.keyPosition(path))).toBe(key);
  });

  test('gives scalars as they are written', () => {
    expect(document.source(['list', 1, 'key'])).toBe('1.10');
    expect(document.source(['deep', 'quoted'])).toBe("it's");
    expect(document.source(['list'])).toBeUndefined();
    expect(document.source(['nothing'])).toBeUndefined();
  });
});

describe('problems', () => {
  test.each([
    ['a tab', 'a:\n\tb: 1\n', ['2:1 tabs are not allowed as indentation']],
    [
      'a key given twice',
      'a: 1\nb: {c: 1, c: 2}\na: 2\n',
      ['3:1 the key "a" is given twice, first in line 1', '2:11 the key "c" is given twice, first in line 2'],
    ],
    [
      'a bracket left open',
      'a: [1, 2\nb: 1\n',
      expect.arrayContaining([expect.stringMatching(/^2:1 flow sequence/)]),
    ],
    ['a second document', 'a: 1\n---\nb: 1\n', ['2:1 a second document begins; one is expected']],
    [
      'an unknown tag',
      'a: !x 1\n',
      ['1:4 this tag (!) means nothing here; put quotes around text that begins with !'],
    ],
    ['another YAML', '%YAML 1.1\n---\na: no\n', ['1:1 only YAML 1.2 is read']],
    ['a key that is a list', '? [a]\n: 1\n', ['1:3 a key must be plain text']],
    [
      'an alias of nothing',
      'a: *b\n',
      ['1:4 this alias (*) stands for nothing before it; put quotes around text that begins with *'],
    ],
    ['an alias in itself', 'a: &b [*b]\n', ['1:8 this alias (*) is inside what it stands for']],
    ['a prototype', 'a: {__proto__: {b: 1}}\n', ['1:5 the key "__proto__" is not allowed']],
    ['a prototype in quotes', '"__proto__": 1\n', ['1:1 the key "__proto__" is not allowed']],
  ])('%s', (_, source, expected) => {
    const { value, problems } = parseYamlDocument(source);
    expect(value).toBeUndefined();
    expect(problems.map(({ position, message }) => `${position.line}:${position.column} ${message}`)).toEqual(
      expected,
    );
  });

  test.each([
    ['flow lists', (n: number) => `${'['.repeat(n)}${']'.repeat(n)}`],
    ['compact lists', (n: number) => `${'- '.repeat(n)}x`],
    ['explicit keys', (n: number) => `${'? '.repeat(n)}x`],
    ['mappings', (n: number) => Array.from({ length: n }, (_, i) => `${' '.repeat(i)}a:`).join('\n')],
  ])('%s in one another are read to some depth and refused beyond', (_, nested) => {
    expect(parseYamlDocument(nested(20)).problems.map(({ message }) => message)).not.toContain(
      'nested more than 64 levels deep',
    );
    const started = performance.now();
    expect(parseYamlDocument(nested(2_000)).problems[0]?.message).toBe('nested more than 64 levels deep');
    expect(performance.now() - started).toBeLessThan(10_000);
  });
});

test('whatever the text, it answers and never throws', () => {
  const yamlish = fc.string({ unit: fc.constantFrom(...'ab:1 \n\t-?[]{},&*!|>%@"\'#~.\\'), maxLength: 60 });
  fc.assert(
    fc.property(yamlish, (source) => {
      const { value, problems } = parseYamlDocument(source);
      if (problems.length > 0) expect(value).toBeUndefined();
      for (const { position } of problems) {
        expect(position.line).toBeGreaterThanOrEqual(1);
        expect(position.line).toBeLessThanOrEqual(source.split('\n').length + 1);
        expect(position.column).toBeGreaterThanOrEqual(1);
      }
    }),
    { numRuns: 2_000 },
  );
});

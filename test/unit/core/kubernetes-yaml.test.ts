import { describe, expect, test } from 'vitest';
import { readKubernetesYaml } from '../../../src/core/kubernetes-yaml.ts';
import { repeatedKeys } from '../../../src/core/repeated-keys.ts';

const values = (text: string) => readKubernetesYaml(text).documents.map(({ value }) => value);

describe('readKubernetesYaml', () => {
  test.each<[string, unknown]>([
    ['yes', true],
    ['off', false],
    ['y', true],
    ['0644', 420],
    ['0o644', 420],
    ['0x1F', 31],
    ['0b101', 5],
    ['1_000', 1000],
    ['089', 89],
    ['-0644', -420],
    ['+1', 1],
    ['1.10', 1.1],
    ['1e3', 1000],
    ['.5', 0.5],
    ['1:30', '1:30'],
    ['2001-01-01', '2001-01-01'],
    ['.inf', '.inf'],
    ['1.2.3', '1.2.3'],
    ['100m', '100m'],
    ['~', null],
    ['', null],
    ['"yes"', 'yes'],
  ])('reads %s as kubectl does', (text, expected) => {
    expect(values(`value: ${text}`)).toEqual([{ value: expected }]);
  });

  test('gives every document its line', () => {
    const text =
      '# a comment\n\na: 1\n---\n# only a comment\n---\n\nb: |\n  text\n--- # c\n{c: 3}\n...\n---\nd: 4\n';
    const { documents, problems } = readKubernetesYaml(text);
    expect(documents).toMatchObject([
      { value: { a: 1 }, line: 3, firstLine: 1 },
      { value: { b: 'text\n' }, line: 8, firstLine: 4 },
      { value: { c: 3 }, line: 11, firstLine: 10 },
      { value: { d: 4 }, line: 14, firstLine: 13 },
    ]);
    expect(problems).toEqual([]);
  });

  test('keeps a directive with its document', () => {
    expect(readKubernetesYaml('%YAML 1.1\n---\na: 1\n').documents).toMatchObject([
      { value: { a: 1 }, line: 3 },
    ]);
  });

  test('finds the problem of each document, and reads the others', () => {
    const { documents, problems } = readKubernetesYaml(
      'a: 1\n---\nb: [1\nc: 2\n---\nd: 3\n---\ne: 1\ne: 2\nf: {g: 1, g: 2}\n',
    );
    expect(documents).toMatchObject([
      { value: { a: 1 }, line: 1 },
      { value: { d: 3 }, line: 6 },
    ]);
    expect(repeatedKeys(problems)).toEqual([
      { message: 'deficient indentation', line: 4, column: 1 },
      { message: 'the key "e" is given twice, first in line 8', line: 9, column: 1 },
      { message: 'the key "g" is given twice, first in line 10', line: 10, column: 11 },
    ]);
  });

  test('merges keys, and keeps __proto__ an ordinary one', () => {
    expect(values('base: &b {x: 1}\nmore: {<<: *b, z: 2}')).toEqual([
      { base: { x: 1 }, more: { x: 1, z: 2 } },
    ]);
    const [hostile] = values('__proto__: {polluted: true}') as [Record<string, unknown>];
    expect(Object.keys(hostile)).toEqual(['__proto__']);
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
  });

  test('refuses aliases that expand without end, and bottomless nesting', () => {
    const levels = Array.from(
      { length: 10 },
      (_, n) =>
        `a${n}: &a${n} [${Array(10)
          .fill(n ? `*a${n - 1}` : 'x')
          .join(', ')}]`,
    );
    expect(readKubernetesYaml(levels.join('\n')).problems).toEqual([
      { message: 'aliases expand to too much data', line: 1, column: 1 },
    ]);
    expect(readKubernetesYaml('['.repeat(10_000)).problems).toHaveLength(1);
    expect(readKubernetesYaml('data: &q\n  a: *q\n').problems).toHaveLength(1);
    const large = `a: &a ${'x'.repeat(1_000_000)}\nb: [${Array(700).fill('*a').join(', ')}]`;
    expect(readKubernetesYaml(large).problems).toMatchObject([
      { message: 'aliases expand to too much data' },
    ]);
  });

  test.each([
    '*hunter2secret',
    '!hunter2secret',
    '!x!hunter2secret a',
    '!!hunter2secret a',
    '!<hunter2secret> a',
  ])('does not repeat %s, which may be a secret without quotes', (text) => {
    const { problems } = readKubernetesYaml(`stringData:\n  password: ${text}\n`);
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatchObject({ line: 2 });
    expect(problems[0]!.message).not.toContain('hunter2');
    expect(problems[0]!.message).toContain('in quotes it is text');
  });

  test.each([
    '9007199254740993',
    '-9223372036854775808',
    '0x7fffffffffffffff',
    '1e999',
    '18446744073709551616',
  ])('refuses %s, which would become another number', (text) => {
    expect(readKubernetesYaml(`a: 1\nspec: {id: ${text}}\n`).problems).toEqual([
      { message: expect.stringContaining('cannot be kept exactly'), line: 2, column: 12 },
    ]);
    expect(values(`"${text}"`)).toEqual([text]);
  });

  test('keeps the largest numbers that there are', () => {
    expect(values('[9007199254740991, -9007199254740991, 1e300, 1.7976931348623157e308]')).toEqual([
      [9007199254740991, -9007199254740991, 1e300, 1.7976931348623157e308],
    ]);
  });
});

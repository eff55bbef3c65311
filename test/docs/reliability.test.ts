import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';

const root = new URL('../../', import.meta.url).pathname;
const page = readFileSync(join(root, 'docs/reliability.md'), 'utf8');
const rows = page
  .split('\n')
  .filter((line) => /^\| [KWPCNE]\d/.test(line))
  .map((line) => line.split('|').map((cell) => cell.trim()))
  .map(([, checks = '', proven = '', figures = '', tests = '']) => ({ checks, proven, figures, tests }));
const numbered = (letter: string, count: number) =>
  Array.from({ length: count }, (_, index) => `${letter}${index + 1}`);

it('has a row for every check, and each once', () => {
  const wanted = [
    ...numbered('K', 24),
    ...numbered('W', 10),
    ...numbered('P', 13),
    ...numbered('C', 3),
    ...numbered('N', 7),
    'E7',
    'E11',
  ];
  expect(rows.flatMap(({ checks }) => checks.split(', ')).sort()).toEqual(wanted.sort());
});

it('says for each what is proven, with which figures, and names tests that exist', () => {
  for (const { checks, proven, figures, tests } of rows) {
    expect([checks, proven, figures]).toEqual([
      checks,
      expect.stringMatching(/\w/),
      expect.stringMatching(/\w/),
    ]);
    const named = [...tests.matchAll(/`([^`]+)`/g)].map(([, name]) => name!);
    expect([checks, named.length]).not.toEqual([checks, 0]);
    const files = named.map((name) =>
      join('test', name.includes('/') ? name : `integration/kubernetes/${name}`),
    );
    expect(files.filter((file) => !existsSync(join(root, `${file}.test.ts`)))).toEqual([]);
  }
});

import { describe, expect, it } from 'vitest';
import { compileGlob } from '../../../../src/builds/context/glob.ts';
import { parseIgnoreFile } from '../../../../src/builds/context/ignore-file.ts';

describe('a pattern of .dockerignore', () => {
  it.each([
    ['a', ['a'], ['b', 'a/b', 'A', 'ab']],
    ['*', ['a', '.a', 'ä'], ['a/b']],
    ['**', ['a', 'a/b/c', ''], []],
    ['**/a', ['a', 'b/a', 'b/c/a'], ['a/b', 'ba']],
    ['a/**', ['a/b', 'a/b/c'], ['a', 'b/a/c']],
    ['a/**/b', ['a/b', 'a/x/b', 'a/x/y/b'], ['a/bb', 'ab']],
    ['a?c', ['abc', 'a😀c'], ['ac', 'a/c', 'abbc']],
    ['[a-c]x', ['ax', 'cx'], ['dx', 'x']],
    ['[^a]x', ['bx', '/x'], ['ax']],
    ['[!a]x', ['ax', '!x'], ['bx']],
    ['[[:alpha:]]*', ['ab', 'Z'], ['1']],
    ['a.b*', ['a.b', 'a.bc'], ['axb']],
    ['a+(b)$*', ['a+(b)$'], ['aab']],
    ['\\*', ['*'], ['a', '\\*']],
    ['a\\ b', ['a b'], ['a\\ b']],
    ['\\d*', ['1x'], ['dx']],
    ['^a', ['^a'], ['a']],
    ['^a*', ['ab'], ['^ab']],
    ['*/a|b', ['x/a', 'x/ab', 'x/y/b', 'zb'], ['c']],
  ])('%s', (pattern, matching, others) => {
    const glob = compileGlob(pattern)!;
    expect(matching.filter((path) => !glob(path))).toEqual([]);
    expect(others.filter((path) => glob(path))).toEqual([]);
  });

  it.each(['[', '[a', '[]', '[a-]', '[-a]', 'a\\', '[b-a]*', '\\y', '[\\y]', 'a[', '**[b-a]'])(
    '%s is refused',
    (pattern) => {
      expect(compileGlob(pattern)).toBeUndefined();
    },
  );

  it('takes no time that grows with the number of ways to match', () => {
    const glob = compileGlob(`${'**/'.repeat(30)}${'*a'.repeat(30)}[z]`)!;
    const started = performance.now();
    expect(glob('a/'.repeat(500) + 'a'.repeat(500))).toBe(false);
    expect(performance.now() - started).toBeLessThan(10_000);
  });
});

describe('an ignore file', () => {
  it('is read as Docker reads it', () => {
    const text = '\ufeff# no\n#no\n\n \t\n/a/\r\n  b/../c  \n!  /d\n ! e/ \n//f//g\n./h\n.\n /# \n';
    expect(parseIgnoreFile(text, 'x').map(({ text, exception }) => (exception ? '!' : '') + text)).toEqual([
      'a',
      'c',
      '!d',
      '!e',
      'f/g',
      'h',
      '.',
      '#',
    ]);
  });

  it('names the line that has no meaning', () => {
    expect(() => parseIgnoreFile('a\n!\n', '.dockerignore')).toThrow(
      expect.objectContaining({
        explanation: expect.objectContaining({ code: 'E_IGNORE_PATTERN', where: '.dockerignore:2' }),
      }),
    );
  });
});

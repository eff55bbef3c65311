// biome-ignore-all lint/suspicious/noTemplateCurlyInString: Go's templates look like those of JavaScript.
import { expect, it } from 'vitest';
import { expand } from '../../../../src/observability/relabel/expand.ts';
import { compileGoRegexp } from '../../../../src/observability/relabel/go-regexp.ts';

it.each([
  ['$1', 'ab'],
  ['${1}x', 'abx'],
  ['$1x', ''],
  ['$name-$0', 'c-abc'],
  ['${name}', 'c'],
  ['$$1', '$1'],
  ['$', '$'],
  ['a$-', 'a$-'],
  ['${1', '${1'],
  ['${01}', ''],
  ['$9', ''],
  ['$1$2', 'abc'],
])('%s becomes %j', (template, expected) => {
  const regex = compileGoRegexp('(ab)(?P<name>c)');
  expect(expand(template, regex.regexp.exec('abc')!, regex)).toBe(expected);
});

import { expect, it } from 'vitest';
import { parseReference } from '../../../../src/builds/registry/image-reference.ts';

const hex = 'a'.repeat(64);

it.each([
  ['orders', 'docker.io', 'library/orders', undefined, undefined],
  ['shop/orders:1', 'docker.io', 'shop/orders', '1', undefined],
  ['index.docker.io/a', 'docker.io', 'library/a', undefined, undefined],
  ['localhost/a', 'localhost', 'a', undefined, undefined],
  ['localhost:5000/a/b:T_1.x-', 'localhost:5000', 'a/b', 'T_1.x-', undefined],
  ['[::1]:5000/a', '[::1]:5000', 'a', undefined, undefined],
  ['UP/a', 'UP', 'a', undefined, undefined],
  ['a.b/c@sha256:'.concat(hex), 'a.b', 'c', undefined, `sha256:${hex}`],
  [`a/b:t@sha256:${hex}`, 'docker.io', 'a/b', 't', `sha256:${hex}`],
  ['a__b/c-d--e.f', 'docker.io', 'a__b/c-d--e.f', undefined, undefined],
])('%s', (text, host, path, tag, digest) => {
  expect(parseReference(text)).toEqual({ host, path, tag, digest });
});

it.each([
  '',
  ' ',
  'A',
  'a/B',
  'a/',
  '/a',
  'a//b',
  'a:',
  `a:${'t'.repeat(129)}`,
  'a:-t',
  'a..b',
  'a___b',
  '-a',
  'a-',
  'a_',
  'a@',
  'a@sha256:abc',
  `a@sha256:${'A'.repeat(64)}`,
  `a@md5:${'x'.repeat(32)}`,
  hex,
  'https://a.b/c',
  'a b',
  'a\n',
  'a:b:c',
  'a.b:c/d',
  'a.b:5000:x',
  `${'a'.repeat(260)}`,
])('refuses %j', (text) => {
  expect(parseReference(text)).toBeUndefined();
});

it('refuses long input quickly', () => {
  const started = performance.now();
  for (const text of ['a-'.repeat(5_000), 'a/'.repeat(5_000), `${'a_'.repeat(4_999)}!`])
    expect(parseReference(text)).toBeUndefined();
  expect(performance.now() - started).toBeLessThan(10_000);
});

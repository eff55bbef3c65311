import { expect, test } from 'vitest';
import type { ExpectedError } from '../../../../../src/core/errors.ts';
import { environmentProxy } from '../../../../../src/targets/kubernetes/api/proxy/environment-proxy.ts';
import { credentialsOf, shownProxy } from '../../../../../src/targets/kubernetes/api/proxy/proxy.ts';

const secure = new URL('https://api.example.com:6443');
const plain = new URL('http://api.example.com');

test.each<[NodeJS.ProcessEnv, URL, string | undefined, string?]>([
  [{}, secure, undefined],
  [{ HTTPS_PROXY: 'http://one.example.com:3128' }, secure, 'http://one.example.com:3128', 'HTTPS_PROXY'],
  [{ https_proxy: 'http://one.example.com:3128' }, secure, 'http://one.example.com:3128', 'https_proxy'],
  [
    { HTTPS_PROXY: 'one.example.com', https_proxy: 'two.example.com' },
    secure,
    'http://one.example.com',
    'HTTPS_PROXY',
  ],
  [{ HTTPS_PROXY: '', https_proxy: 'two.example.com' }, secure, 'http://two.example.com', 'https_proxy'],
  [{ HTTP_PROXY: 'one.example.com', ALL_PROXY: 'one.example.com' }, secure, undefined],
  [{ HTTPS_PROXY: 'one.example.com' }, plain, undefined],
  [{ http_proxy: 'one.example.com' }, plain, 'http://one.example.com', 'http_proxy'],
  [{ HTTPS_PROXY: 'localhost:3128' }, secure, 'http://localhost:3128', 'HTTPS_PROXY'],
  [{ HTTPS_PROXY: '10.0.0.1:3128' }, secure, 'http://10.0.0.1:3128', 'HTTPS_PROXY'],
  [{ HTTPS_PROXY: '[fd00::1]:3128' }, secure, 'http://[fd00::1]:3128', 'HTTPS_PROXY'],
  [{ HTTPS_PROXY: 'https://one.example.com' }, secure, 'https://one.example.com', 'HTTPS_PROXY'],
  [{ HTTPS_PROXY: 'socks5://one.example.com:1080' }, secure, 'socks5://one.example.com:1080', 'HTTPS_PROXY'],
  [{ HTTPS_PROXY: 'one.example.com', NO_PROXY: '.example.com' }, secure, undefined],
  [{ HTTPS_PROXY: 'one.example.com', no_proxy: 'api.example.com:6443' }, secure, undefined],
  [
    { HTTPS_PROXY: 'one.example.com', NO_PROXY: 'api.example.com:443' },
    secure,
    'http://one.example.com',
    'HTTPS_PROXY',
  ],
  [
    { HTTPS_PROXY: 'one.example.com', NO_PROXY: 'x', no_proxy: '*' },
    secure,
    'http://one.example.com',
    'HTTPS_PROXY',
  ],
  [{ http_proxy: 'one.example.com', NO_PROXY: 'api.example.com:80' }, plain, undefined],
  [{ HTTPS_PROXY: 'no url: at all' }, new URL('https://127.0.0.1:6443'), undefined],
  [{ HTTPS_PROXY: 'one.example.com' }, new URL('https://[::1]:6443'), undefined],
])('%j for %s: %s of %s', (env, server, shown, from) => {
  const found = environmentProxy(server, env);
  expect(found && shownProxy(found)).toBe(shown);
  expect(found?.from).toBe(from);
});

test('a user and a password are sent as they are, and shown to nobody', () => {
  for (const value of ['http://me:p%40ss%25@one.example.com:3128', 'me:p%40ss%25@one.example.com:3128']) {
    const found = environmentProxy(secure, { HTTPS_PROXY: value })!;
    expect(credentialsOf(found)).toEqual({ user: 'me', password: 'p@ss%' });
    expect(shownProxy(found)).toBe('http://one.example.com:3128');
  }
  expect(credentialsOf(environmentProxy(secure, { HTTPS_PROXY: 'one.example.com' })!)).toBeUndefined();
});

test.each([
  ['ftp://me:canary@one.example.com', 'its scheme is ftp, and has to be http, https or socks5'],
  ['http://me:canary%@one.example.com', 'it is no URL of a proxy'],
  ['http://me:canary/1@one.example.com', 'it is no URL of a proxy'],
  ['http://', 'it is no URL of a proxy'],
  ['one two', 'it is no URL of a proxy'],
])('%j is told as wrong and not quoted', (value, why) => {
  let error: unknown;
  try {
    environmentProxy(secure, { https_proxy: value, no_proxy: 'elsewhere' });
  } catch (thrown) {
    error = thrown;
  }
  const { explanation } = error as ExpectedError;
  expect(explanation).toMatchObject({
    code: 'E_PROXY',
    exit: 'validation',
    where: 'environment variable https_proxy',
    why,
  });
  expect(explanation.hints!.at(-1)).toBe('or, if no proxy is needed: add api.example.com to no_proxy');
  expect(JSON.stringify(explanation)).not.toContain('canary');
});

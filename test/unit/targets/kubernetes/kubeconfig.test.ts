import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { ExpectedError } from '../../../../src/core/errors.ts';
import { readAccess } from '../../../../src/targets/kubernetes/api/kubeconfig.ts';
import { shownProxy } from '../../../../src/targets/kubernetes/api/proxy/proxy.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cloudnative-kubeconfig-'));
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(folder, { recursive: true });
});

const kubeconfig = async (
  name: string,
  server: string,
  contexts: string[],
  user: object = { token: 'secret' },
  more: object = {},
) => {
  const file = join(folder, name);
  const config = {
    clusters: [{ name: 'c', cluster: { server, ...more } }],
    users: [{ name: 'u', user }],
    contexts: contexts.map((context) => ({ name: context, context: { cluster: 'c', user: 'u' } })),
    'current-context': contexts[0],
  };
  await writeFile(file, JSON.stringify(config));
  return file;
};

test('the first file that has a name wins, and files that are not there are passed over', async () => {
  const one = await kubeconfig('one', 'https://one.invalid', ['a']);
  const two = await kubeconfig('two', 'https://two.invalid', ['a', 'b']);
  vi.stubEnv('KUBECONFIG', [join(folder, 'none'), one, two].join(delimiter));
  expect((await readAccess('a')).server.href).toBe('https://one.invalid/');
  expect((await readAccess('b')).server.href).toBe('https://one.invalid/');
  expect((await readAccess('a', two)).server.href).toBe('https://two.invalid/');
});

test('the current context of the file means nothing', async () => {
  const file = await kubeconfig('one', 'https://one.invalid', ['a', 'b']);
  const { explanation } = (await readAccess('', file).catch((thrown: unknown) => thrown)) as ExpectedError;
  expect(explanation).toMatchObject({ code: 'E_CONTEXT', why: 'the contexts are a, b' });
});

test('the home folder has the usual file, and none is said to be none', async () => {
  vi.stubEnv('KUBECONFIG', '');
  vi.stubEnv('HOME', folder);
  const { explanation } = (await readAccess('a').catch((thrown: unknown) => thrown)) as ExpectedError;
  expect(explanation).toMatchObject({
    code: 'E_CONTEXT',
    where: '~/.kube/config',
    why: 'no kubeconfig was found',
  });
});

test.each([
  [{ token: 'secret' }, { authorization: 'Bearer secret' }],
  [
    { username: 'me', password: 'secret' },
    { authorization: `Basic ${Buffer.from('me:secret').toString('base64')}` },
  ],
  [
    { token: 'secret', as: 'other' },
    { authorization: 'Bearer secret', 'impersonate-user': 'other' },
  ],
])('credentials of %j become headers', async (user, headers) => {
  const file = await kubeconfig('one', 'https://one.invalid:7443/base', ['a'], user);
  const access = await readAccess('a', file);
  expect(access.headers).toEqual(headers);
  expect(access.server.port).toBe('7443');
});

test('plain HTTP is refused, unless the file says that no certificate shall be checked', async () => {
  const file = await kubeconfig('one', 'http://one.invalid', ['a']);
  const { explanation } = (await readAccess('a', file).catch((thrown: unknown) => thrown)) as ExpectedError;
  expect(explanation).toMatchObject({
    code: 'E_KUBECONFIG',
    why: expect.stringContaining('HTTP protocol is not allowed'),
  });
});

test.each([
  ['http://me:canary@proxy.invalid:3128', 'http://proxy.invalid:3128'],
  ['socks5://me:canary@proxy.invalid:1080', 'socks5://proxy.invalid:1080'],
  ['', undefined],
])('the proxy-url %j is the way to that cluster: %s', async (url, shown) => {
  const file = await kubeconfig('one', 'https://one.invalid', ['a'], undefined, { 'proxy-url': url });
  const { proxy } = await readAccess('a', file);
  expect(proxy && shownProxy(proxy)).toBe(shown);
  expect(proxy?.from).toBe(shown && 'proxy-url of cluster c in the kubeconfig');
});

test.each(['ftp://me:canary@proxy.invalid', 'http://me:canary%@proxy.invalid'])(
  'the proxy-url %s is told as wrong and not quoted',
  async (url) => {
    const file = await kubeconfig('one', 'https://one.invalid', ['a'], undefined, { 'proxy-url': url });
    const { explanation } = (await readAccess('a', file).catch((thrown: unknown) => thrown)) as ExpectedError;
    expect(explanation).toMatchObject({
      code: 'E_KUBECONFIG',
      why: expect.stringMatching(/^proxy-url of cluster c in the kubeconfig: it/),
    });
    expect(JSON.stringify(explanation)).not.toContain('canary');
  },
);

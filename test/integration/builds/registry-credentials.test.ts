import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { authHeader, registryCredentials } from '../../../src/system/registry-credentials.ts';
import { explanation } from './build-fixtures.ts';

const secret = 'canary-77:x';
let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'credentials-'));
  vi.stubEnv('PATH', `${folder}${delimiter}${process.env.PATH}`);
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(folder, { recursive: true });
});

const config = (content: object | string) =>
  writeFile(join(folder, 'config.json'), typeof content === 'string' ? content : JSON.stringify(content));
const helper = async (name: string, script: string) => {
  const path = join(folder, `docker-credential-${name}`);
  await writeFile(path, `#!/bin/sh\nread server\n${script}\n`);
  await chmod(path, 0o755);
};
const auth = (text: string) => ({ auth: Buffer.from(text).toString('base64') });
const ask = (host: string) => registryCredentials(host, { DOCKER_CONFIG: folder });

describe('credentials', () => {
  it('are none where docker has none', async () => {
    expect(await ask('r.example')).toEqual({});
    await config({ auths: { 'other.example': auth('u:p') } });
    expect(await ask('r.example')).toEqual({});
  });

  it.each([
    [
      'r.example:5000',
      { 'r.example:5000': auth(`u:${secret}`) },
      { username: 'u', password: secret, serveraddress: 'r.example:5000' },
    ],
    [
      'r.example',
      { 'https://r.example/v1/': auth('u:p') },
      { username: 'u', password: 'p', serveraddress: 'r.example' },
    ],
    [
      'docker.io',
      { 'https://index.docker.io/v1/': auth('u:p') },
      { username: 'u', password: 'p', serveraddress: 'https://index.docker.io/v1/' },
    ],
    [
      'r.example',
      { 'r.example': { ...auth('u:p'), identitytoken: 't' } },
      { identitytoken: 't', serveraddress: 'r.example' },
    ],
    ['r.example', { 'r.example': {} }, {}],
  ])('for %s come from the file', async (host, auths, expected) => {
    await config({ auths });
    expect(await ask(host)).toEqual(expected);
  });

  it('come from the helper of the registry before the store, and from the store before the file', async () => {
    await config({
      auths: { a: auth('file:1'), b: auth('file:2'), c: auth('file:3') },
      credsStore: 'store',
      credHelpers: { a: 'own' },
    });
    await helper('own', `echo "{\\"Username\\":\\"own\\",\\"Secret\\":\\"$server\\"}"`);
    await helper(
      'store',
      `[ "$server" = c ] && { echo "credentials not found in native keychain"; exit 1; }\necho '{"ServerURL":"x","Username":"<token>","Secret":"t"}'`,
    );
    expect(await ask('a')).toEqual({ username: 'own', password: 'a', serveraddress: 'a' });
    expect(await ask('b')).toEqual({ identitytoken: 't', serveraddress: 'b' });
    expect(await ask('c')).toEqual({ username: 'file', password: '3', serveraddress: 'c' });
  });

  it.each([
    ['is absent', undefined, /not installed/],
    ['fails', `echo ${secret}; echo ${secret} >&2; exit 3`, /exit code 3/],
    ['says nonsense', `echo '{"Username":1,"Secret":"${secret}"'`, /did not answer with/],
  ])('that a helper should give and that %s are an error that hides them', async (_, script, why) => {
    await config({ credsStore: 'bad' });
    if (script) await helper('bad', script);
    const said = await explanation(ask('r.example'));
    expect(said).toMatchObject({ code: 'E_CREDENTIALS', exit: 'auth', why: expect.stringMatching(why) });
    expect(JSON.stringify({ ...said })).not.toContain('canary');
  });

  it('are not waited for longer than ten seconds', async () => {
    await config({ credsStore: 'slow' });
    await helper('slow', 'exec sleep 60');
    expect((await explanation(ask('r.example'))).why).toMatch(/within 10 s/);
  }, 20_000);

  it('never make a path of a helper’s name, nor show the file', async () => {
    await config({ credsStore: '../evil' });
    expect((await explanation(ask('r.example'))).why).toMatch(/not a name/);
    await config(`{"auths": {"r": {"auth": "${secret}"`);
    const said = await explanation(ask('r.example'));
    expect(said.code).toBe('E_CREDENTIALS');
    expect(JSON.stringify(said)).not.toContain('canary');
  });

  it('are none in a file without entries, and told to be wrong where an entry has another form', async () => {
    await config({ auths: null });
    expect(await ask('r.example')).toEqual({});
    for (const entry of [5, { auth: 5 }, { auth: {} }]) {
      await config({ auths: { 'r.example': entry } });
      expect((await explanation(ask('r.example'))).code).toBe('E_CREDENTIALS');
    }
  });
});

it('travel as the engine decodes them', () => {
  const header = authHeader({ username: '??>>', password: 'ÿÿ~~' })['X-Registry-Auth']!;
  expect(header).toMatch(/^[\w-]+={0,2}$/);
  expect(header.length % 4).toBe(0);
  expect(JSON.parse(Buffer.from(header, 'base64url').toString())).toEqual({
    username: '??>>',
    password: 'ÿÿ~~',
  });
});

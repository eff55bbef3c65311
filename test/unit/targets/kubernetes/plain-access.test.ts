import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { readAccess } from '../../../../src/targets/kubernetes/api/kubeconfig.ts';
import { plainAccess } from '../../../../src/targets/kubernetes/api/plain-access.ts';

let folder: string;
let pem: { cert: string; key: string };
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'cloudnative-plain-'));
  const files = ['-keyout', join(folder, 'key'), '-out', join(folder, 'cert')];
  const kind = ['-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
  execFileSync('openssl', ['req', ...kind, '-subj', '/CN=a', ...files], { stdio: 'pipe' });
  const encoded = (file: string) => readFileSync(join(folder, file)).toString('base64');
  pem = { cert: encoded('cert'), key: encoded('key') };
});
afterAll(() => rmSync(folder, { recursive: true }));

let number = 0;
const kubeconfig = (cluster: object, user: object, more: object = {}) => {
  const file = join(folder, `config-${number++}`);
  const config = {
    clusters: [{ name: 'c', cluster }],
    users: [{ name: 'u', user }],
    contexts: [{ name: 'a', context: { cluster: 'c', user: 'u', namespace: 'n' } }],
    ...more,
  };
  writeFileSync(file, JSON.stringify(config));
  return file;
};
const server = 'https://one.invalid:6443';

test('says what the client library says', async () => {
  const authority = { server, 'certificate-authority-data': pem.cert };
  const files = [
    kubeconfig({ server }, { token: 'secret' }),
    kubeconfig(authority, { token: 'secret' }),
    kubeconfig(authority, { 'client-certificate-data': pem.cert, 'client-key-data': pem.key }),
  ];
  for (const file of files) {
    const plain = (await plainAccess('a', file))!;
    const full = await readAccess('a', file);
    const text = ({ tls, ...rest }: typeof full) => ({
      ...rest,
      tls: Object.fromEntries(
        Object.entries(tls).flatMap(([name, value]) => (value === undefined ? [] : [[name, String(value)]])),
      ),
    });
    expect(text(plain)).toEqual(text(full));
  }
  vi.stubEnv('KUBECONFIG', files[0]);
  expect(await plainAccess('a')).toEqual(await plainAccess('a', files[0]));
  vi.unstubAllEnvs();
});

test('leaves to the client library whatever is not plain', async () => {
  const plain = { token: 'secret' };
  const contexts = [{ name: 'a', context: { cluster: 'c', user: 'u' } }];
  const others = [
    kubeconfig({ server }, { exec: { command: 'x', apiVersion: 'v1' } }),
    kubeconfig({ server }, { 'auth-provider': { name: 'x' } }),
    kubeconfig({ server }, { token: 'x', 'client-key': 'file' }),
    kubeconfig({ server }, { username: 'x', password: 'y' }),
    kubeconfig({ server, 'proxy-url': 'http://proxy.invalid' }, plain),
    kubeconfig({ server, 'insecure-skip-tls-verify': true }, plain),
    kubeconfig({ server, 'tls-server-name': 'x' }, plain),
    kubeconfig({ server: 'http://one.invalid' }, plain),
    kubeconfig({ server: 'none' }, plain),
    kubeconfig({ server }, { 'client-certificate-data': 'bm8=', 'client-key-data': 'bm8=' }),
    kubeconfig({ server }, plain, { contexts: [...contexts, ...contexts] }),
    kubeconfig({ server }, plain, { contexts: [{ name: 'b' }] }),
    kubeconfig({ server }, plain, { users: 5 }),
    join(folder, 'none'),
  ];
  for (const file of others) expect(await plainAccess('a', file), file).toBeUndefined();
});

import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import {
  askPlugin,
  type CredentialPlugin,
} from '../../../../src/targets/kubernetes/api/credential-plugin.ts';
import { readAccess } from '../../../../src/targets/kubernetes/api/kubeconfig.ts';
import { selfSigned } from '../../../integration/kubernetes/support/certificate.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cloudnative-plugin-'));
});
afterEach(() => rm(folder, { recursive: true }));

const apiVersion = 'client.authentication.k8s.io/v1';
const never = new AbortController().signal;

const plugin = async (script: string, more: CredentialPlugin = {}): Promise<CredentialPlugin> => {
  const command = join(folder, 'plugin');
  await writeFile(command, `#!/bin/sh\n${script}\n`);
  await chmod(command, 0o755);
  return { apiVersion, command, ...more };
};
const answer = (status: object, version = apiVersion) =>
  `echo '${JSON.stringify({ apiVersion: version, kind: 'ExecCredential', status })}'`;
const ask = (asked: CredentialPlugin, { within = 20_000, signal = never } = {}) =>
  askPlugin(asked, { user: 'ada', where: 'config', within, signals: [never, signal] });
const refusal = (why: unknown) => ({
  explanation: {
    code: 'E_AUTH',
    exit: 'auth',
    message: `the credential plugin ${join(folder, 'plugin')} of user ada failed`,
    where: 'config',
    why,
  },
});
const isAlive = (pid: number) => {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
};
const pidIn = async (file: string): Promise<number> => {
  for (;;) {
    const text = await readFile(join(folder, file), 'utf8').catch(() => '');
    if (/\n$/.test(text)) return Number(text);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
};

test.each([apiVersion, 'client.authentication.k8s.io/v1beta1'])(
  'a token by %s, asked with variables and arguments',
  async (version) => {
    const script = `test "$1" = a -a "$REGION" = eu && echo "$KUBERNETES_EXEC_INFO" > ${folder}/info\n${answer({ token: 't' }, version)}`;
    const asked = await plugin(script, {
      apiVersion: version,
      args: ['a'],
      env: [{ name: 'REGION', value: 'eu' }],
    });
    expect(await ask(asked)).toEqual({ token: 't' });
    expect(JSON.parse(await readFile(join(folder, 'info'), 'utf8'))).toEqual({
      apiVersion: version,
      kind: 'ExecCredential',
      spec: { interactive: false },
    });
  },
);

test('a certificate and its key become those of the connection', async () => {
  const { cert, key } = await selfSigned();
  const status = { clientCertificateData: String(cert), clientKeyData: String(key) };
  await writeFile(join(folder, 'answer'), JSON.stringify({ apiVersion, kind: 'ExecCredential', status }));
  const exec = await plugin(`cat ${folder}/answer`);
  const config = {
    clusters: [{ name: 'c', cluster: { server: 'https://one.invalid' } }],
    users: [{ name: 'u', user: { exec } }],
    contexts: [{ name: 'a', context: { cluster: 'c', user: 'u' } }],
  };
  await writeFile(join(folder, 'config'), JSON.stringify(config));
  const { tls, headers } = await readAccess('a', join(folder, 'config'));
  expect([String(tls.cert), String(tls.key)]).toEqual([String(cert), String(key)]);
  expect(headers).toEqual({});
});

test('one that reads its input finds the end of it', async () => {
  const asked = await plugin(`read x && exit 1\n${answer({ token: 't' })}`);
  expect(await ask(asked)).toEqual({ token: 't' });
});

test.each([
  ['echo no', 'it did not answer with an ExecCredential'],
  [
    answer({ token: 'canary' }, 'client.authentication.k8s.io/v1beta1'),
    'it did not answer with an ExecCredential',
  ],
  [answer({ clientCertificateData: 'canary' }), 'it did not answer with an ExecCredential'],
  [answer({}), 'it did not answer with an ExecCredential'],
  ['exit 3', 'it ended with exit code 3'],
  ['echo "session is over" >&2; exit 1', ['session is over']],
])('%s is a failure, told without what it printed', async (script, why) => {
  await expect(ask(await plugin(script, { args: ['canary'] }))).rejects.toSatisfy((error) => {
    expect(error).toMatchObject(refusal(why));
    expect(JSON.stringify(error.explanation)).not.toContain('canary');
    return true;
  });
});

test('one that cannot be run is told as such', async () => {
  const asked = await plugin('exit 0');
  await chmod(asked.command!, 0o644);
  await expect(ask(asked)).rejects.toMatchObject(refusal('it is no program that can be run'));
  await rm(asked.command!);
  await expect(ask(asked)).rejects.toMatchObject(refusal(`there is no program ${asked.command}`));
  await expect(ask({ apiVersion })).rejects.toMatchObject({
    explanation: { code: 'E_AUTH', why: 'it is no program that can be run' },
  });
});

test.each([
  ['that hangs', 'exec sleep 300'],
  ['that hangs in a program of its own', 'sleep 20 & wait'],
  ['that does not listen to signals', "trap '' TERM INT; while :; do sleep 1; done"],
])('one %s is ended when its time is over, and by the signal', async (_, script) => {
  const asked = await plugin(`cd ${folder}; echo $$ > pid.part; mv pid.part pid; ${script}`);
  await expect(ask(asked, { within: 3000 })).rejects.toMatchObject(
    refusal('it did not answer within 3 s, and was ended'),
  );
  expect(isAlive(await pidIn('pid'))).toBe(false);

  await rm(join(folder, 'pid'));
  const stop = new AbortController();
  const stopped = new Error('stopped');
  const asking = ask(asked, { signal: stop.signal });
  asking.catch(() => undefined);
  const pid = await pidIn('pid');
  stop.abort(stopped);
  await expect(asking).rejects.toBe(stopped);
  expect(isAlive(pid)).toBe(false);
});

import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { cli, cliOk } from '../support/cli.ts';
import { tinyService } from '../support/tiny-service.ts';

let home: string;
let shop: string;
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'cloudnative-hostile-'));
  shop = join(home, 'shop');
  await tinyService(join(shop, 'services'), 'orders', { more: 'kubernetes: {manifests: k8s}\n' });
  await writeFile(
    join(shop, 'cloudnative.yaml'),
    'version: 1\nname: shop\nservices: [services/*]\nregistry: 127.0.0.1:1/shop\nenvironments:\n  local: {target: process}\n' +
      '  staging: {target: kubernetes, context: dead, namespace: shop, host: "tcp://127.0.0.1:1"}\n',
  );
});
afterEach(() => rm(home, { recursive: true, force: true }));
const at = (env: Record<string, string> = {}) => ({
  cwd: shop,
  env: { HOME: home, ...env },
  timeout: 30_000,
});

describe('a link in the place of the state', () => {
  it.each([
    '.cloudnative/process/local',
    '.cloudnative/process/local/services',
    '.cloudnative/builds',
    '.cloudnative',
  ])('%s leads nothing out of the workspace', async (link) => {
    const victim = join(home, 'victim');
    await mkdir(join(victim, 'services'), { recursive: true });
    await writeFile(join(victim, 'services/precious.json'), 'mine');
    await writeFile(join(victim, 'precious.json'), 'mine');
    await mkdir(join(shop, link, '..'), { recursive: true });
    await symlink(victim, join(shop, link));
    for (const command of ['deploy', 'status', 'destroy']) {
      const { code, stderr } = await cli([command], at());
      expect(stderr).toMatch(/E_LINK/);
      expect(code).toBe(5);
    }
    const files = execFileSync('find', [victim, '-type', 'f'], { encoding: 'utf8' })
      .trim()
      .split('\n')
      .sort();
    expect(files).toEqual([join(victim, 'precious.json'), join(victim, 'services/precious.json')]);
    expect(await readFile(join(victim, 'services/precious.json'), 'utf8')).toBe('mine');
  });
});

describe('state files of the wrong form', () => {
  it.each(['observed/orders.json', 'services/orders.json', 'ports.json', 'supervisor.json'])(
    '%s is no mistake of the program, and the next deploy puts it right',
    async (file) => {
      await cliOk(['deploy'], at());
      try {
        await writeFile(join(shop, '.cloudnative/process/local', file), '{"version":1}');
        for (const command of ['status', 'plan', 'logs']) {
          const { stderr } = await cli([command], at());
          expect(stderr).not.toMatch(/E_BUG/);
        }
        const { stderr } = await cliOk(['deploy'], at());
        expect(stderr).toMatch(/is live on local|Nothing to do/);
        expect((await cliOk(['status'], at())).stdout).toMatch(/orders +1\/1/);
      } finally {
        await cliOk(['destroy'], at());
      }
    },
  );
});

describe('a kubeconfig', () => {
  const config = (user: string, server = 'https://127.0.0.1:1') =>
    `apiVersion: v1\nkind: Config\nclusters: [{name: dead, cluster: {server: "${server}"}}]\n` +
    `users: [{name: nobody, user: ${user}}]\ncontexts: [{name: dead, context: {cluster: dead, user: nobody}}]\n`;
  const status = async (text: string) => {
    await writeFile(join(home, 'kubeconfig'), text);
    return cli(['status', '-e', 'staging'], at({ KUBECONFIG: join(home, 'kubeconfig') }));
  };

  it('whose plugin prints a bare token does not have it in the error', async () => {
    const exec =
      '{exec: {apiVersion: client.authentication.k8s.io/v1, command: echo, args: [tokTOKsecret], interactiveMode: Never}}';
    const { code, stderr, stdout } = await status(config(exec));
    expect(stderr + stdout).not.toMatch(/tokTOK/);
    expect(stderr).toMatch(/ExecCredential/);
    expect(code).toBe(6);
  });

  it.each([
    ['an empty one', ''],
    ['one that is a list', '[1, 2]'],
    ['one with a server that is no URL', config('{token: x}', 'not a url')],
    ['one with a broken certificate', config('{client-certificate-data: AAAA, client-key-data: AAAA}')],
  ])('%s is explained', async (_, text) => {
    const { code, stderr } = await status(text);
    expect(stderr).toMatch(/E_KUBECONFIG|E_CONTEXT/);
    expect([3, 4]).toContain(code);
  });
});

describe('manifests', () => {
  const planned = async (prepare: (folder: string) => Promise<unknown> | unknown) => {
    const folder = join(shop, 'services/orders/k8s');
    await mkdir(folder, { recursive: true });
    await prepare(folder);
    const { checkFirst } = await import('../../src/actions/check.ts');
    const { readFolder } = await import('../../src/sources/read-manifests.ts');
    const release = { name: 'orders', namespace: 'shop' };
    return checkFirst([{ folder, release }], { readFolder, emit: () => undefined }).then(
      () => '',
      (error: { explanation?: { code: string; why: string[] } }) =>
        `${error.explanation?.code} ${error.explanation?.why}`,
    );
  };
  const deployment = (spec: string) =>
    `{apiVersion: apps/v1, kind: Deployment, metadata: {name: orders}, spec: {template: {spec: ${spec}}}}`;

  it.each([
    [
      'a pipe',
      (folder: string) => execFileSync('mkfifo', [join(folder, 'pipe.yaml')]),
      /pipe\.yaml: it is no file/,
    ],
    ['a folder', (folder: string) => mkdir(join(folder, 'folder.yaml')), /folder\.yaml: it is no file/],
    [
      'a dangling link',
      (folder: string) => symlink('/nonexistent', join(folder, 'l.yaml')),
      /l\.yaml: it cannot be read/,
    ],
  ])('that are %s are explained', async (_, prepare, message) => {
    const problem = await planned(prepare);
    expect(problem).toMatch(/^E_MANIFEST/);
    expect(problem).toMatch(message);
  });

  it.each([
    ['{containers: [null, 3]}', /containers\[0\] is nothing.*containers\[1\] must be an object/],
    ['{containers: [{name: a, env: 4}]}', /containers\[a\]\.env must be a list/],
    [
      '{containers: [{name: 5, env: [null]}]}',
      /containers\[0\]\.name must be text.*containers\[0\]\.env\[0\] is nothing/,
    ],
    [
      '{containers: [{name: a, image: 5, envFrom: [3]}]}',
      /image must be text.*envFrom\[0\] must be an object/,
    ],
    ['{containers: [{name: a}], volumes: [null]}', /volumes\[0\] is nothing/],
  ])('with the pod spec %s are explained', async (spec, message) => {
    const problem = await planned((folder) => writeFile(join(folder, 'a.yaml'), deployment(spec)));
    expect(problem).toMatch(/^E_MANIFEST .*a\.yaml:1:\d+ Deployment\/orders: /);
    expect(problem).toMatch(message);
  });

  it('of a custom kind with something like a pod are explained too', async () => {
    const text = deployment('{containers: [{name: a, env: 4, own: 1}]}')
      .replace('apps/v1', 'example.com/v1')
      .replace('Deployment', 'Rollout');
    const problem = await planned((folder) => writeFile(join(folder, 'a.yaml'), text));
    expect(problem).toMatch(/Rollout\/orders: spec\.template\.spec\.containers\[a\]\.env must be a list/);
    expect(problem).not.toMatch(/own/);
  });
});

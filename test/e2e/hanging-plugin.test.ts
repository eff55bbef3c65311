import { once } from 'node:events';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { cli, startCli } from '../support/cli.ts';
import { eventually } from '../support/prometheus.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cloudnative-plugin-'));
  await mkdir(join(folder, 'm'));
  await writeFile(join(folder, 'm/a.yaml'), '{apiVersion: v1, kind: ConfigMap, metadata: {name: a}}\n');
  const script = 'echo $$ > pid.part; mv pid.part pid; exec sleep 300';
  const exec = {
    ...{ apiVersion: 'client.authentication.k8s.io/v1', interactiveMode: 'Never' },
    ...{ command: 'sh', args: ['-c', `: canary; ${script}`] },
  };
  const config = {
    clusters: [{ name: 'c', cluster: { server: 'https://127.0.0.1:1' } }],
    users: [{ name: 'ada', user: { exec } }],
    contexts: [{ name: 'a', context: { cluster: 'c', user: 'ada' } }],
  };
  await writeFile(join(folder, 'config'), JSON.stringify(config));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const flags = ['--manifests', 'm', '--app', 'shop', '-n', 'shop', '--context', 'a'];
const run = () => ({ cwd: folder, env: { HOME: folder, KUBECONFIG: join(folder, 'config') } });
const pluginPid = () => eventually(async () => Number(await readFile(join(folder, 'pid'), 'utf8')), Boolean);
const isAlive = (pid: number) => {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
};

it('a time limit ends a deploy whose credential plugin hangs, and the plugin with it', async () => {
  const { code, stderr } = await cli(['deploy', ...flags, '--yes', '--timeout', '3s'], {
    ...run(),
    timeout: 25_000,
  });
  expect(code).toBe(7);
  expect(stderr).toContain('the credential plugin sh has not answered');
  expect(stderr).not.toContain('canary');
  expect(isAlive(await pluginPid())).toBe(false);
});

it.each(['plan', 'history', 'status'])(
  'the first signal ends %s while a credential plugin hangs',
  async (verb) => {
    const { child, output } = startCli([verb, ...flags], run());
    const ended = once(child, 'close');
    const pid = await pluginPid();
    child.kill('SIGINT');
    expect(await ended).toEqual([130, null]);
    expect(output.stderr).toContain('interrupted');
    expect(isAlive(pid)).toBe(false);
  },
);

import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bin, cleanEnvironment, root } from '../support/cli.ts';
import { lab, labSuite } from '../support/lab.ts';

const run = promisify(execFile);
let home: string;

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'cloudnative-readme-'));
  await mkdir(join(home, 'bin'));
  await symlink(bin, join(home, 'bin/cloudnative'));
});
afterAll(() => rm(home, { recursive: true, force: true }));

describe('the commands of the README', () => {
  it('run on this machine', async () => {
    const { stderr } = await runBlocks(home, '');
    expect(stderr).toMatch(/hello[\s\S]*Nothing to do[\s\S]*is gone from local/);
  });

  it('hold for the demo too', async () => {
    const folder = join(home, 'demo');
    const { stdout } = await run(process.execPath, [join(root, 'scripts/demo.mjs'), folder], {
      env: environment(),
    });
    expect(stdout.match(/items_created_total.* 5$/gm)).toHaveLength(2);
    const commands = stdout.slice(stdout.indexOf('to stop them:')).split('\n').slice(1).filter(Boolean);
    const { stderr } = await run('bash', ['-ec', commands.join('\n')], { env: environment() });
    expect(stderr).toMatch(/shop is gone from local/);
  });
});

labSuite('readme on docker', ['dockerHost'], () => {
  it('run on Docker', async () => {
    const folder = await copyOfShop('docker');
    const { stderr } = await runBlocks(folder, 'docker', { DOCKER_HOST: lab.dockerHost! });
    expect(stderr).toMatch(/is live on docker[\s\S]*is gone from docker/);
  });
});

labSuite('readme on kubernetes', ['kubeconfig', 'kubectl', 'pods', 'dockerHost', 'registry'], () => {
  const namespace = `readme-${randomBytes(4).toString('hex')}`;
  afterAll(() =>
    run(lab.kubectl!, ['--kubeconfig', lab.kubeconfig!, 'delete', 'namespace', namespace, '--wait=false']),
  );

  it('run on a cluster, in a namespace that is not there yet', async () => {
    const folder = await copyOfShop('kubernetes');
    const file = join(folder, 'cloudnative.yaml');
    const staging = `  staging: {target: kubernetes, context: ${lab.context}, namespace: ${namespace}}\n`;
    const text = (await readFile(file, 'utf8')).replace('environments:\n', `environments:\n${staging}`);
    await writeFile(file, `${text}registry: ${lab.registry}/${namespace}\n`);
    const { stdout, stderr } = await runBlocks(folder, 'kubernetes', {
      DOCKER_HOST: lab.dockerHost!,
      KUBECONFIG: lab.kubeconfig!,
    });
    expect(stderr).toMatch(/is live on staging/);
    expect(stdout).toMatch(/kubernetes_sd_configs/);
  });
});

/** The workspace of the README, made anew: the blocks for Docker and Kubernetes go on from there. */
async function copyOfShop(name: string): Promise<string> {
  const folder = join(home, name);
  await mkdir(folder);
  const script =
    'cloudnative init shop; cd shop; cloudnative new catalog --lang go; cloudnative new orders --calls catalog';
  await run('bash', ['-ec', script], { cwd: folder, env: environment() });
  return join(folder, 'shop');
}

/** Runs the README's `sh` blocks of that kind, all in one shell, which ends at the first failure. */
async function runBlocks(
  cwd: string,
  kind: string,
  env: Record<string, string> = {},
): Promise<{ stdout: string; stderr: string }> {
  const readme = await readFile(join(root, 'README.md'), 'utf8');
  const blocks = [...readme.matchAll(/^```sh *(\w*)\n([\s\S]*?)^```/gm)].filter(([, word]) => word === kind);
  expect(blocks.length).toBeGreaterThan(0);
  return run('bash', ['-ec', blocks.map(([, , text]) => text).join('\n')], {
    cwd,
    env: environment(env),
    maxBuffer: 1e7,
  });
}

function environment(extra: Record<string, string> = {}): Record<string, string> {
  const { PATH } = process.env;
  return cleanEnvironment({ PATH: `${home}/bin:${PATH}`, PROMETHEUS: lab.prometheus, ...extra });
}

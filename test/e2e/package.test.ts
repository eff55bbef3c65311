import { execFile } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { cleanEnvironment, root } from '../support/cli.ts';

const run = promisify(execFile);

describe('the packed tarball, installed in an empty folder without network', () => {
  let home: string;
  let installed: string;
  const cloudnative = (...args: string[]) =>
    run(join(home, 'node_modules/.bin/cloudnative'), args, {
      cwd: home,
      env: cleanEnvironment({ HOME: home }),
    });

  beforeAll(async () => {
    home = await mkdtemp(join(tmpdir(), 'cloudnative-package-'));
    // Scripts are left out: the build is there, and building again would pull it from under other tests.
    const { stdout } = await run('npm', ['pack', '--ignore-scripts', '--json', '--pack-destination', home], {
      cwd: root,
    });
    const [{ filename }] = JSON.parse(stdout) as [{ filename: string }];
    await writeFile(join(home, 'package.json'), '{"private":true}');
    const flags = ['--offline', '--no-audit', '--no-fund', '--cache', join(home, 'cache')];
    await run('npm', ['install', ...flags, join(home, filename)], { cwd: home });
    installed = join(home, 'node_modules/cloudnative');
  });
  afterAll(() => rm(home, { recursive: true, force: true }));

  it('brings nothing else along', async () => {
    expect((await readdir(join(home, 'node_modules'))).filter((name) => !name.startsWith('.'))).toEqual([
      'cloudnative',
    ]);
    const manifest = JSON.parse(await readFile(join(installed, 'package.json'), 'utf8')) as Record<
      string,
      unknown
    >;
    for (const field of ['dependencies', 'optionalDependencies', 'peerDependencies'])
      expect(manifest).not.toHaveProperty(field);
  });

  it('holds the licences of what is bundled', async () => {
    const text = await readFile(join(installed, 'THIRD_PARTY_LICENSES'), 'utf8');
    for (const name of [
      'commander',
      'chalk',
      'yaml',
      'js-yaml',
      'dockerode',
      '@kubernetes/client-node',
      'inquirer',
      'execa',
      'handlebars',
    ])
      expect(text).toMatch(new RegExp(`^${name.replace('/', '\\/')} \\d`, 'm'));
  });

  it('shows its help and version', async () => {
    expect((await cloudnative('--help')).stdout).toMatch(
      /cloudnative new orders[\s\S]*deploy[\s\S]*scrape-config/,
    );
    expect((await cloudnative('--version')).stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
  });

  it('writes a service', async () => {
    await cloudnative('new', 'orders', '--lang', 'ts');
    expect(await readdir(join(home, 'orders'))).toEqual(
      expect.arrayContaining(['package.json', 'service.yaml', 'Dockerfile', 'deploy']),
    );
  });
});

describe('the top-level help', () => {
  it('is the one the program would make', async () => {
    const direct = await run(process.execPath, [
      '--input-type=module',
      '-e',
      `import { main } from '${root}dist/main.js'; await main(['--help']);`,
    ]);
    const prepared = await run(process.execPath, [join(root, 'bin/cloudnative.js'), '--help']);
    expect(prepared.stdout).toBe(direct.stdout);
  });
});

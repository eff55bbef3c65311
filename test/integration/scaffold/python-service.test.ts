import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { workspaceText } from '../../../src/scaffold/render-workspace.ts';
import { tinyService } from '../../support/tiny-service.ts';
import { make } from './make-service.ts';

const run = promisify(execFile);
const uv = 'uv==0.13.9';
const platforms = [
  'x86_64-manylinux_2_28',
  'aarch64-manylinux_2_28',
  'aarch64-apple-darwin',
  'x86_64-apple-darwin',
  'x86_64-pc-windows-msvc',
];
const pythons = ['3.11', '3.14'];

/** Names of modules that are needed, of a keyword, of a folder, and of a device on Windows. */
const hostile = ['json', 'platform', 'logging', 'uvicorn', 'class', 'tests', 'con'];
const long = 'a'.repeat(63);

let home: string;
let tools: string;

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'python-service-'));
  tools = join(home, 'tools/bin');
  await run('python3', ['-m', 'venv', join(home, 'tools')]);
  await run(join(tools, 'pip'), ['install', '--quiet', uv]);
  // Everything that a service's own commands need, as its lockfile has it.
  const lock = 'templates/services/python/requirements-dev.txt';
  const place = ['--python', join(tools, 'python')];
  await run(join(tools, 'uv'), ['pip', 'install', '--quiet', ...place, '--require-hashes', '-r', lock]);
});
afterAll(() => rm(home, { recursive: true, force: true }));

describe.each([
  ['http', []],
  [long, ['catalog', `b${long.slice(1)}`]],
])('a service called %s', (name, calls) => {
  let folder: string;
  const inFolder = (program: string, ...args: string[]) =>
    run(join(tools, program), args, {
      cwd: folder,
      env: { ...process.env, MYPY_CACHE_DIR: join(home, 'mypy') },
    }).catch(({ stdout, stderr }) => expect.fail(`${program} ${args.join(' ')}\n${stdout}${stderr}`));
  beforeAll(async () => {
    folder = await newService(name, calls);
  });

  it('is clean to its linter, its formatter and its type checker', async () => {
    await inFolder('ruff', 'check');
    await inFolder('ruff', 'format', '--check');
    expect((await inFolder('mypy')).stdout).toMatch(/^Success: no issues found in \d+ source files\n$/);
  });

  it('passes its own tests', async () => {
    const { stdout } = await inFolder('pytest', '--quiet');
    expect(Number(/^(\d+) passed in /m.exec(stdout)?.[1])).toBeGreaterThan(70);
  });

  it('is locked to what its own command would lock it to', async () => {
    const [, lock = ''] = /^LOCK := uv (.*)$/m.exec(await readFile(join(folder, 'Makefile'), 'utf8')) ?? [];
    const files = { 'requirements.txt': [], 'requirements-dev.txt': ['--group', 'dev'] };
    for (const [file, more] of Object.entries(files)) {
      const before = await readFile(join(folder, file), 'utf8');
      await inFolder('uv', ...lock.split(' '), 'pyproject.toml', ...more, '--output-file', file);
      expect(await readFile(join(folder, file), 'utf8')).toBe(before);
    }
  });
});

it.each(platforms)('can be installed on %s, by hash and without a compiler', async (platform) => {
  const folder = await newService('orders', ['catalog']);
  const given = ['--require-hashes', '--only-binary', ':all:', '--python-platform', platform];
  for (const python of pythons) {
    const place = ['--python-version', python, '--target', join(home, 'nowhere')];
    const install = ['pip', 'install', '--quiet', '--dry-run', ...given, ...place];
    await run(join(tools, 'uv'), [...install, '-r', 'requirements.txt'], { cwd: folder });
  }
});

it.each(hostile)('a service called %s starts', async (name) => {
  const cwd = await newService(name, []);
  // An address of nobody: it loads all that serving needs, and ends before it serves.
  const env = { ...process.env, HOST: '192.0.2.1' };
  const ended = run(join(tools, 'python'), ['src'], { cwd, env });
  await expect(ended).rejects.toMatchObject({ code: 1, stderr: '' });
  const line = await ended.catch(({ stdout }) => JSON.parse(stdout));
  expect(line).toMatchObject({ service: name, msg: expect.stringMatching(/^cannot listen on port/) });
});

/** In a workspace with the services that it calls. Returns its folder. */
async function newService(name: string, calls: string[]): Promise<string> {
  const cwd = await mkdtemp(join(home, 'shop-'));
  await writeFile(join(cwd, 'cloudnative.yaml'), workspaceText('shop', 'services/*'));
  for (const call of calls) await tinyService(join(cwd, 'services'), call);
  const { folder } = await make({ name, language: 'python', calls, cwd });
  return join(cwd, folder);
}

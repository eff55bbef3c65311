import { execFileSync } from 'node:child_process';
import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test, vi } from 'vitest';
import type { Event } from '../../../src/core/events.ts';
import { tempTree } from '../workspace/temp-tree.ts';
import { make } from './make-service.ts';
import { readTree } from './read-tree.ts';

describe('git', () => {
  test('is not asked for inside a repository', async () => {
    const cwd = await tempTree();
    execFileSync('git', ['init', '-q'], { cwd });
    expect((await make({ name: 'orders', cwd })).git).toBe(false);
    expect(Object.keys(await readTree(join(cwd, 'orders')))).not.toContain('.git/');
  });

  test('need not be there', async () => {
    const cwd = await tempTree();
    const events: Event[] = [];
    vi.stubEnv('PATH', cwd);
    const { git } = await make({ name: 'orders', cwd }, events).finally(() => vi.unstubAllEnvs());
    expect(git).toBe(false);
    expect(events).toContainEqual({
      type: 'warning',
      message: 'no git repository was made: git is not installed',
    });
  });

  test('that fails leaves a service without a repository, and says why', async () => {
    const cwd = await tempTree({ 'bin/git': '#!/bin/sh\nmkdir .git\necho "fatal: no luck" >&2\nexit 128\n' });
    await chmod(join(cwd, 'bin/git'), 0o755);
    const events: Event[] = [];
    vi.stubEnv('PATH', `${join(cwd, 'bin')}:${process.env.PATH}`);
    await make({ name: 'orders', cwd }, events).finally(() => vi.unstubAllEnvs());
    expect(events.at(-1)).toMatchObject({ message: 'no git repository was made: git init: fatal: no luck' });
    expect(Object.keys(await readTree(join(cwd, 'orders')))).not.toContain('.git/');
  });

  test('is not led elsewhere by the variables of a hook', async () => {
    const cwd = await tempTree();
    vi.stubEnv('GIT_DIR', join(cwd, 'elsewhere'));
    await make({ name: 'orders', cwd }).finally(() => vi.unstubAllEnvs());
    expect(Object.keys(await readTree(cwd, ['.git']))).not.toContain('elsewhere/');
    expect(await readFile(join(cwd, 'orders/.git/HEAD'), 'utf8')).toMatch(/^ref:/);
  });
});

test("what is of this machine is ignored by git, what is everybody's is not", async () => {
  const cwd = await tempTree();
  await make({ name: 'orders', cwd });
  const folder = join(cwd, 'orders');
  await writeFile(join(folder, '.cloudnative/state.json'), '{}');
  await mkdir(join(folder, '.cloudnative/local'));
  await writeFile(join(folder, '.cloudnative/local/log'), '');
  await writeFile(join(folder, '.env'), 'SECRET=1');
  const status = execFileSync('git', ['status', '--porcelain', '-uall'], { cwd: folder, encoding: 'utf8' });
  expect(status).toContain('.cloudnative/template.json');
  expect(status).toContain('.cloudnative/schemas/service.json');
  expect(status).toContain('.cloudnative/.gitignore');
  expect(status).not.toMatch(/state\.json|local\/log|\.env$/m);
});

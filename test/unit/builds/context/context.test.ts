import { execFileSync } from 'node:child_process';
import {
  chmod,
  lstat,
  mkdir,
  mkdtemp,
  readFile,
  readlink,
  rm,
  symlink,
  truncate,
  utimes,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { contextDigest } from '../../../../src/builds/context/context-digest.ts';
import { contextTar } from '../../../../src/builds/context/context-tar.ts';
import {
  type ContextFile,
  dockerfileInContext,
  listContext,
} from '../../../../src/builds/context/list-context.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'context-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const plant = async (root: string, files: Record<string, string>) => {
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), text);
  }
};
const paths = (files: readonly ContextFile[]) => files.map(({ path }) => path);
const bytes = async (files: readonly ContextFile[]) => {
  const chunks: Buffer[] = [];
  for await (const chunk of contextTar(files)) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
};

describe('the list', () => {
  it('is an allow-list where the ignore file is one, and always has what the engine needs', async () => {
    await plant(folder, {
      Dockerfile: '',
      '.dockerignore': '*\n!src\n!keep/this\nsrc/**/*.log\n',
      'src/a.ts': '',
      'src/b/c.log': '',
      'keep/this': '',
      'keep/that': '',
      '.env': 'SECRET',
    });
    expect(paths(await listContext(folder))).toEqual([
      '.dockerignore',
      'Dockerfile',
      'keep/this',
      'src/a.ts',
      'src/b/',
    ]);
  });

  it('follows the ignore file of its Dockerfile', async () => {
    await plant(folder, {
      'docker/Dev': '',
      'docker/Dev.dockerignore': 'b\ndocker',
      '.dockerignore': 'a',
      a: '',
      b: '',
    });
    expect(paths(await listContext(folder, { dockerfile: 'docker/Dev' }))).toEqual([
      '.dockerignore',
      'a',
      'docker/Dev',
    ]);
    expect(paths(await listContext(folder, { dockerfile: join(folder, 'docker/Other') }))).toContain('b');
  });

  it('takes in a Dockerfile from outside, under a name of its own', async () => {
    await plant(folder, { Dockerfile: 'FROM scratch', 'context/a': '' });
    const context = join(folder, 'context');
    expect(paths(await listContext(context, { dockerfile: '../Dockerfile' }))).toEqual([
      '.cloudnative.Dockerfile',
      'a',
    ]);
    expect(dockerfileInContext(context, join(folder, 'Dockerfile'))).toBe('.cloudnative.Dockerfile');
    expect(dockerfileInContext(context, join(context, 'x/Dockerfile'))).toBe('x/Dockerfile');
  });

  it('never leaves the folder', async () => {
    await plant(folder, { 'outside/secret': '', 'context/Dockerfile': '' });
    await symlink('../outside', join(folder, 'context/folder'));
    await symlink('../outside/secret', join(folder, 'context/file'));
    const files = await listContext(join(folder, 'context'));
    expect(files.map(({ path, kind, target }) => ({ path, kind, target }))).toEqual([
      { path: 'Dockerfile', kind: 'file', target: undefined },
      { path: 'file', kind: 'link', target: '../outside/secret' },
      { path: 'folder', kind: 'link', target: '../outside' },
    ]);
  });
});

describe('the digest', () => {
  it('is equal for equal trees, whatever their times, modes and order', async () => {
    const files = {
      Dockerfile: 'FROM scratch',
      'src/ä 1': 'one',
      'src/b': 'two',
      'src-b': 'three',
      run: '#!',
    };
    const digests = new Set<string>();
    for (const [name, umask, order] of [
      ['one', 0o022, 1],
      ['two', 0o077, -1],
      ['three', 0o000, 1],
    ] as const) {
      const root = join(folder, name);
      const before = process.umask(umask);
      await plant(root, Object.fromEntries(Object.entries(files).sort(() => -order)));
      await chmod(join(root, 'run'), 0o777 & ~umask);
      await symlink('b', join(root, 'src/link'));
      process.umask(before);
      await utimes(join(root, 'src/b'), 1, order + 5);
      const list = await listContext(root);
      digests.add(await contextDigest(order > 0 ? list : list.reverse()));
    }
    expect(digests.size).toBe(1);
  });

  it.each<[string, (root: string) => Promise<unknown>]>([
    ['content', (root) => writeFile(join(root, 'a'), 'other')],
    ['a name', (root) => writeFile(join(root, 'c'), 'a')],
    ['the executable bit', (root) => chmod(join(root, 'a'), 0o755)],
    [
      'the kind',
      async (root) => {
        await rm(join(root, 'a'));
        await mkdir(join(root, 'a'));
      },
    ],
    [
      'where a link points',
      async (root) => {
        await rm(join(root, 'link'));
        await symlink('b', join(root, 'link'));
      },
    ],
    ['large content', (root) => writeFile(join(root, 'a'), Buffer.alloc(3_000_000, 'x'))],
  ])('tells %s', async (_, change) => {
    await plant(folder, { Dockerfile: '', a: 'a', b: 'b' });
    await symlink('a', join(folder, 'link'));
    const before = await contextDigest(await listContext(folder));
    await change(folder);
    expect(await contextDigest(await listContext(folder))).not.toBe(before);
  });
});

describe('the tar', () => {
  it('unpacks to the same tree, with long, odd and large files', async () => {
    const root = join(folder, 'in');
    const long = `${'d'.repeat(90)}/${'e'.repeat(90)}/${'f'.repeat(90)}`;
    const split = `${'g'.repeat(80)}/${'h'.repeat(80)}`;
    const files = {
      Dockerfile: 'x',
      [long]: 'long',
      [split]: 'split',
      'ünïcödé 😀': 'odd',
      empty: '',
      block: 'b'.repeat(512),
    };
    await plant(root, files);
    await writeFile(join(root, 'large'), Buffer.alloc(2_500_001, 'y'));
    await chmod(join(root, 'block'), 0o700);
    await mkdir(join(root, 'void'));
    await symlink(`../${'t'.repeat(150)}`, join(root, 'link'));
    const list = await listContext(root);
    await writeFile(join(folder, 'tar'), await bytes(list));
    const out = join(folder, 'out');
    await mkdir(out);
    execFileSync('tar', ['-xpf', join(folder, 'tar'), '-C', out]);
    expect(await contextDigest(await listContext(out))).toBe(await contextDigest(list));
    expect(await readlink(join(out, 'link'))).toBe(`../${'t'.repeat(150)}`);
    expect(await readFile(join(out, long), 'utf8')).toBe('long');
    const modes = await Promise.all(
      ['block', 'Dockerfile', 'void'].map(async (path) => (await lstat(join(out, path))).mode & 0o777),
    );
    expect(modes).toEqual([0o755, 0o644, 0o755]);
    const listed = execFileSync('tar', ['-tvf', join(folder, 'tar')], {
      encoding: 'utf8',
      env: { ...process.env, TZ: 'UTC' },
    })
      .trim()
      .split('\n');
    expect(listed.every((line) => /^\S+ 0\/0 .* 2000-01-01 00:00 /.test(line))).toBe(true);
  });

  it('has the same bytes for the same tree', async () => {
    for (const name of ['one', 'two']) await plant(join(folder, name), { Dockerfile: 'x', 'a/b': 'y' });
    await utimes(join(folder, 'one/a/b'), 1, 1);
    const [one, two] = await Promise.all(
      ['one', 'two'].map(async (name) => bytes(await listContext(join(folder, name)))),
    );
    expect(one!.equals(two!)).toBe(true);
  });

  it.each([100, 200_000])('fails when a file of %i bytes shrinks on the way', async (size) => {
    await plant(folder, { Dockerfile: '', a: 'x'.repeat(size) });
    const list = await listContext(folder);
    await truncate(join(folder, 'a'), 10);
    await expect(bytes(list)).rejects.toMatchObject({
      explanation: { code: 'E_CONTEXT_CHANGED', where: 'a' },
    });
  });
});

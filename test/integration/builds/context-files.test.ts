import { execFile } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import { lstat, mkdir, mkdtemp, readdir, readlink, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { promisify } from 'node:util';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { listContext } from '../../../src/builds/context/list-context.ts';
import { createEngineBuilder } from '../../../src/builds/engine/engine-builder.ts';
import { ExpectedError } from '../../../src/core/errors.ts';
import { openDockerEngine } from '../../../src/system/docker-engine.ts';
import { lab, labSuite } from '../../support/lab.ts';
import { docker, removeImages, service, uniqueApp } from './build-fixtures.ts';
import { type EngineProxy, startEngineProxy } from './engine-proxy.ts';

const run = promisify(execFile);
const signal = new AbortController().signal;

// Docker's own CLI says what is sent: the proxy keeps the tar and answers before the engine builds anything.
labSuite('docker target', ['dockerHost'], () => {
  let proxy: EngineProxy;
  let folder: string;
  beforeAll(async () => {
    proxy = await startEngineProxy(lab.dockerHost!);
    folder = await mkdtemp(join(tmpdir(), 'context-'));
  });
  afterAll(async () => {
    await proxy.close();
    await rm(folder, { recursive: true });
  });

  const sentByDocker = async (root: string, dockerfile = 'Dockerfile'): Promise<string[] | 'refused'> => {
    const tar = join(folder, 'sent.tar');
    let sent = false;
    const capture = async (incoming: NodeJS.ReadableStream, outgoing: import('node:http').ServerResponse) => {
      await pipeline(incoming, createWriteStream(tar));
      sent = true;
      outgoing.writeHead(500, { 'content-type': 'application/json' }).end('{"message":"captured"}');
    };
    proxy.fault = { on: /^POST \S*\/build\?/, do: capture };
    const env = { ...process.env, DOCKER_BUILDKIT: '0', DOCKER_HOST: proxy.host };
    const { stderr } = await run('docker', ['build', '-q', '-f', join(root, dockerfile), root], {
      env,
    }).catch((error) => error);
    if (!sent) {
      expect(stderr).toMatch(/pattern/);
      return 'refused';
    }
    expect(stderr).toContain('captured');
    const out = await mkdtemp(join(folder, 'out-'));
    await run('tar', ['-xf', tar, '-C', out]);
    const found = await entries(out);
    await rm(out, { recursive: true });
    return found;
  };

  const sentByUs = async (root: string, dockerfile?: string): Promise<string[] | 'refused'> => {
    try {
      return (await listContext(root, { dockerfile }))
        .map(({ path, target }) => (target ? `${path} -> ${target}` : path))
        .sort();
    } catch (error) {
      if (error instanceof ExpectedError && error.explanation.code === 'E_IGNORE_PATTERN') return 'refused';
      throw error;
    }
  };

  it('are those that Docker sends, whatever the tree and the patterns', async () => {
    let cases = 0;
    await fc.assert(
      fc.asyncProperty(trees, ignoreFiles, async (tree, ignore) => {
        const root = join(folder, `case-${cases++}`);
        await plant(root, ['Dockerfile', ...tree]);
        await writeFile(join(root, '.dockerignore'), ignore);
        expect(await sentByUs(root)).toEqual(await sentByDocker(root));
        await rm(root, { recursive: true });
      }),
      { numRuns: Number(process.env.CONTEXT_CASES ?? 60), endOnFailure: false, verbose: 0 },
    );
    expect(cases).toBeGreaterThan(0);
  }, 300_000);

  it.each(['[', '[a', '[]', '[a-]', 'a\\', '!'])('refuses %s as Docker does', async (pattern) => {
    const root = await mkdtemp(join(folder, 'refused-'));
    await plant(root, ['Dockerfile', 'a']);
    await writeFile(join(root, '.dockerignore'), pattern);
    expect([await sentByUs(root), await sentByDocker(root)]).toEqual(['refused', 'refused']);
  });

  it('make the image that docker makes of them', async () => {
    const root = await mkdtemp(join(folder, 'image-'));
    await plant(root, [
      'Dockerfile',
      'a/b/c',
      'a/d.log',
      'a/b/link',
      'node_modules/keep',
      'void',
      'ü 😀',
      'node_modules/x',
    ]);
    await writeFile(join(root, 'Dockerfile'), 'FROM scratch\nCOPY . /\n');
    await writeFile(join(root, '.dockerignore'), '**/*.log\nnode_modules\n!node_modules/keep\n');
    const env = { ...process.env, DOCKER_BUILDKIT: '0', DOCKER_HOST: lab.dockerHost };
    const { stdout } = await run('docker', ['build', '-q', root], { env });
    const expected = await filesOf(stdout.trim());
    expect(expected).toEqual(expect.arrayContaining(['a/b/c', 'node_modules/keep', 'ü 😀']));
    const engine = await openDockerEngine({ host: lab.dockerHost });
    for (const buildkit of [true, false]) {
      const app = uniqueApp('context');
      const use = { ...engine, info: async () => ({ version: '', buildkit }) };
      const { artifact } = await createEngineBuilder({ app, engine: use }).build(await service(root, {}), {
        signal,
      });
      expect(await filesOf(artifact.kind === 'image' ? artifact.reference : '')).toEqual(expected);
      await removeImages(app);
    }
    await docker('rmi', '-f', stdout.trim());
  });

  /** Everything in an image that has no files but those copied in. */
  const filesOf = async (image: string): Promise<string[]> => {
    const id = await docker('create', image, 'none');
    const tar = join(folder, 'image.tar');
    await docker('export', '-o', tar, id);
    await docker('rm', id);
    const out = await mkdtemp(join(folder, 'image-out-'));
    await run('tar', ['-xf', tar, '-C', out]);
    const made = /^(\.dockerenv|dev|etc|proc|sys)($|\/)/;
    return (await entries(out)).filter((path) => !made.test(path));
  };
});

const segment = fc.constantFrom(
  'a',
  'b',
  'ab',
  'A',
  'a.b',
  'keep.md',
  'node_modules',
  'x y',
  'ä',
  '😀',
  '.hidden',
  'a+b',
  'd(1)',
  'a^b',
  '$a',
  '{a}',
  'c-d',
  'a|b',
  '!b',
);
const trees = fc.array(
  fc.array(segment, { minLength: 1, maxLength: 4 }).map((parts) => parts.join('/')),
  { minLength: 3, maxLength: 14 },
);

const piece = fc.oneof(
  { weight: 4, arbitrary: segment },
  {
    weight: 2,
    arbitrary: fc.constantFrom(
      '*',
      '**',
      '?',
      '*.md',
      'a*',
      '*b',
      '**b',
      'a**',
      '.*',
      '[ab]',
      '[^a]',
      '[!a]',
      '[a-c]*',
      'a[.+(]b',
      '\\a',
      '\\*',
      'x\\ y',
      '?.?',
      '***',
      '[[:alpha:]]',
      'a\\+b',
      '[a?]',
      '[a*]',
    ),
  },
  { weight: 1, arbitrary: fc.constantFrom('.', '..', '', '\\d', '^a*', 'a^b*') },
);
const pattern = fc.array(piece, { minLength: 1, maxLength: 4 }).map((parts) => parts.join('/'));
const line = fc
  .tuple(
    fc.constantFrom('', '', '', '!', '!', '! ', ' ', '#', '/', './', '!/', '//', '\t', '\u00a0', '!./'),
    pattern,
    fc.constantFrom('', '', '', '/', ' ', '\t', '//', '/.', '\r', '/..', '\u0085'),
  )
  .map((parts) => parts.join(''));
const ignoreFiles = fc
  .tuple(
    fc.constantFrom('', '', '\ufeff'),
    fc.array(
      fc.oneof(
        { weight: 9, arbitrary: line },
        { weight: 1, arbitrary: fc.constantFrom('', '*', '**', '.', '#x', 'Dockerfile', '.dockerignore') },
      ),
      { maxLength: 6 },
    ),
    fc.constantFrom('\n', '\r\n'),
  )
  .map(([bom, lines, end]) => bom + lines.join(end));

/** Files at the paths; a path that another needs as a folder, or that is taken, is left out. */
async function plant(root: string, paths: readonly string[]): Promise<void> {
  for (const [index, path] of paths.entries()) {
    const full = join(root, path);
    try {
      await mkdir(dirname(full), { recursive: true });
      if (index % 7 === 3) await symlink('somewhere/else', full);
      else if (index % 7 === 5) await mkdir(full);
      else await writeFile(full, path, { flag: 'wx' });
    } catch (error) {
      if (!['EEXIST', 'ENOTDIR', 'EISDIR', 'ENOENT'].includes((error as NodeJS.ErrnoException).code!))
        throw error;
    }
  }
}

async function entries(root: string, folder = ''): Promise<string[]> {
  const found: string[] = [];
  for (const name of await readdir(join(root, folder))) {
    const path = folder + name;
    const stats = await lstat(join(root, path));
    if (stats.isSymbolicLink()) found.push(`${path} -> ${await readlink(join(root, path))}`);
    else if (!stats.isDirectory()) found.push(path);
    else {
      const inside = await entries(root, `${path}/`);
      found.push(...(inside.length > 0 ? inside : [`${path}/`]));
    }
  }
  return found.sort();
}

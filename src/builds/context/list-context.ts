import { lstat, readdir, readFile, readlink, realpath, stat } from 'node:fs/promises';
import { basename, isAbsolute, join, relative, resolve, sep } from 'node:path';
import { ExpectedError } from '../../core/errors.ts';
import { mapLimit } from '../../core/limit.ts';
import { type IgnorePattern, parseIgnoreFile } from './ignore-file.ts';
import { type FolderMatches, judge, mayHoldExceptions } from './ignore-matcher.ts';

export interface ContextFile {
  /** Relative to the context, with `/`; a folder's ends in one. */
  path: string;
  kind: 'file' | 'folder' | 'link';
  /** Absolute path of what is read. */
  source: string;
  /** For the owner; false for all but files. */
  executable: boolean;
  /** Bytes; 0 for all but files. */
  size: number;
  /** Where a link points, as written. */
  target?: string;
}

/** The name a Dockerfile from outside the folder gets inside the context. */
export const foreignDockerfile = '.cloudnative.Dockerfile';

/**
 * What Docker's CLI sends for a folder, sorted by path. A folder is listed when nothing in it is; sockets and devices never
 * are. Links stay links and are not followed. `dockerfile` is absolute or relative to the folder; it is always sent, and so
 * is `.dockerignore`.
 */
export async function listContext(
  folder: string,
  { dockerfile = 'Dockerfile' }: { dockerfile?: string } = {},
): Promise<ContextFile[]> {
  const root = await realpath(folder);
  const dockerfilePath = resolve(folder, dockerfile);
  const inside = insidePath(folder, dockerfilePath);
  const patterns = await readPatterns(root, dockerfilePath, inside);
  const files: ContextFile[] = [];
  await walk(root, '', undefined, patterns, files);
  if (inside === undefined) files.push(await outsideDockerfile(dockerfilePath));
  const parents = new Set(files.map(({ path }) => parentOf(path)));
  return files
    .filter(({ path, kind }) => kind !== 'folder' || !parents.has(path))
    .sort((a, b) => (a.path < b.path ? -1 : 1));
}

/** The name of the Dockerfile inside the context that `listContext` lists. */
export function dockerfileInContext(folder: string, dockerfile: string): string {
  return insidePath(folder, resolve(folder, dockerfile)) ?? foreignDockerfile;
}

function parentOf(path: string): string {
  return path.slice(0, path.lastIndexOf('/', path.length - 2) + 1);
}

function insidePath(folder: string, path: string): string | undefined {
  const rest = relative(folder, path);
  if (rest === '' || rest === '..' || rest.startsWith(`..${sep}`) || isAbsolute(rest)) return undefined;
  return rest.split(sep).join('/');
}

/** `X.dockerignore` beside a Dockerfile `X` replaces the folder's own. */
async function readPatterns(
  root: string,
  dockerfile: string,
  inside: string | undefined,
): Promise<IgnorePattern[]> {
  const own = await read(`${dockerfile}.dockerignore`);
  const file = own === undefined ? '.dockerignore' : `${basename(dockerfile)}.dockerignore`;
  const text = own ?? (await read(join(root, '.dockerignore'))) ?? '';
  const patterns = parseIgnoreFile(text, file);
  // The engine reads these two itself, so the CLI sends them whatever the patterns say.
  const kept = ['.dockerignore', ...(inside === undefined ? [] : [inside])].filter((path) =>
    isIgnored(path, patterns),
  );
  return [
    ...patterns,
    ...kept.map((text) => ({ text, exception: true, matches: (path: string) => path === text })),
  ];
}

async function read(path: string): Promise<string | undefined> {
  const found = await stat(path).catch(absent);
  return found?.isFile() ? readFile(path, 'utf8') : undefined;
}

function isIgnored(path: string, patterns: readonly IgnorePattern[]): boolean {
  let matches: FolderMatches | undefined;
  let ignored = false;
  const parts = path.split('/');
  for (let depth = 1; depth <= parts.length; depth++)
    ({ ignored, matches } = judge(parts.slice(0, depth).join('/'), patterns, matches));
  return ignored;
}

async function walk(
  root: string,
  folder: string,
  above: FolderMatches | undefined,
  patterns: readonly IgnorePattern[],
  files: ContextFile[],
): Promise<void> {
  const names = await readdir(join(root, folder)).catch(unreadable(folder || '.'));
  await mapLimit(names, 4, async (name) => {
    const path = folder + name;
    const { ignored, matches } = judge(path, patterns, above);
    // An ignored file costs no look at the disk, unless an exception may lie below it.
    if (ignored && !mayHoldExceptions(path, patterns)) return;
    const file = await describe(join(root, path), path);
    if (!file) return;
    if (!ignored) files.push(file);
    if (file.kind === 'folder') await walk(root, file.path, matches, patterns, files);
  });
}

async function describe(source: string, path: string): Promise<ContextFile | undefined> {
  const found = await lstat(source).catch(unreadable(path));
  const same = { path, source, executable: false, size: 0 };
  if (found.isDirectory()) return { ...same, path: `${path}/`, kind: 'folder' };
  if (found.isSymbolicLink())
    return { ...same, kind: 'link', target: await readlink(source).catch(unreadable(path)) };
  if (!found.isFile()) return undefined;
  return { ...same, kind: 'file', executable: (found.mode & 0o100) !== 0, size: found.size };
}

async function outsideDockerfile(dockerfile: string): Promise<ContextFile> {
  const found = await stat(dockerfile).catch(unreadable(dockerfile));
  return { path: foreignDockerfile, kind: 'file', source: dockerfile, executable: false, size: found.size };
}

function absent(error: NodeJS.ErrnoException): undefined {
  if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return undefined;
  throw error;
}

/** A file that is there but cannot be sent stops the build: leaving it out would make another image. */
function unreadable(path: string): (error: NodeJS.ErrnoException) => never {
  return (error) => {
    throw new ExpectedError({
      code: 'E_CONTEXT_UNREADABLE',
      exit: 'failure',
      message: 'a file of the build context cannot be read',
      where: path,
      why: error.message,
      hints: ['make it readable, or name it in .dockerignore'],
      cause: error,
    });
  };
}

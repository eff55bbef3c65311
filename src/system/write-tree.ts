import { createHash, randomBytes } from 'node:crypto';
import { chmod, mkdir, open, readdir, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { throwIfAborted } from '../core/errors.ts';
import { mapLimit } from '../core/limit.ts';
import { alreadyThere } from './destination.ts';
import { makeFolders, removeEmptyFolders } from './make-folders.ts';
import { identify, type ProcessIdentity } from './process-identity.ts';
import { writeError } from './write-error.ts';

export interface TreeFile {
  /** With `/`, relative to the destination. */
  path: string;
  /** Kept whatever the umask says. */
  mode: number;
  text: string;
}

export interface WriteTreeOptions {
  signal: AbortSignal;
  /** Works in the folder before it appears at its destination. */
  finish?: (folder: string) => Promise<void>;
}

/**
 * Makes the folder `destination`, where nothing or an empty folder is, with these files: wholly or not at all, whenever
 * it is interrupted. Throws `E_EXISTS` (5), `E_WRITE` (1), or the signal's reason.
 */
export async function writeTree(
  destination: string,
  files: readonly TreeFile[],
  { signal, finish }: WriteTreeOptions,
): Promise<void> {
  const parent = dirname(destination);
  let made: string[] = [];
  let temporary: string | undefined;
  try {
    made = await makeFolders(parent);
    await removeAbandoned(parent, basename(destination));
    temporary = join(parent, temporaryName(basename(destination)));
    await mkdir(temporary, { mode: 0o700 });
    await fill(temporary, files, signal);
    await finish?.(temporary);
    throwIfAborted(signal);
    await rename(temporary, destination);
    temporary = undefined;
    await syncFolder(parent);
  } catch (error) {
    if (temporary) await rm(temporary, { recursive: true, force: true }).catch(() => {});
    await removeEmptyFolders(made);
    throw (await alreadyThere(destination, error)) ?? writeError(destination, error);
  }
}

async function fill(folder: string, files: readonly TreeFile[], signal: AbortSignal): Promise<void> {
  const folders = new Set(files.flatMap(({ path }) => ancestors(path)));
  for (const path of [...folders].sort()) await mkdir(join(folder, path));
  const failures = await mapLimit(files, 16, async ({ path, mode, text }): Promise<unknown> => {
    try {
      throwIfAborted(signal);
      await writeSynced(join(folder, path), mode, text);
    } catch (error) {
      return error;
    }
  });
  // Only now, with none still writing, may the caller remove the folder.
  const failure = failures.find((error) => error !== undefined);
  if (failure !== undefined) throw failure;
  for (const path of ['.', ...folders]) {
    await chmod(join(folder, path), 0o755);
    await syncFolder(join(folder, path));
  }
}

/** `a` and `a/b` for `a/b/c`. */
function ancestors(path: string): string[] {
  const segments = path.split('/').slice(0, -1);
  return segments.map((_, index) => segments.slice(0, index + 1).join('/'));
}

async function writeSynced(path: string, mode: number, text: string): Promise<void> {
  const file = await open(path, 'wx', mode);
  try {
    await file.writeFile(text);
    await file.chmod(mode);
    await file.sync();
  } finally {
    await file.close();
  }
}

async function syncFolder(path: string): Promise<void> {
  // Windows cannot open folders, and needs not.
  if (process.platform === 'win32') return;
  const folder = await open(path, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

const mark = 'cloudnative';

/** Tells whose it is, so that a later run can see whether its maker is gone. */
function temporaryName(name: string): string {
  const owner = identify(process.pid) ?? { pid: process.pid, start: '' };
  return `.${name}.${mark}-${owner.pid}-${startDigest(owner)}-${randomBytes(4).toString('hex')}`;
}

/** Removes what runs that were killed have left of this name; never what a living process is writing. */
async function removeAbandoned(parent: string, name: string): Promise<void> {
  // Where processes cannot be told apart, nobody's death is certain.
  if (!identify(process.pid)) return;
  const prefix = `.${name}.${mark}-`;
  for (const entry of await readdir(parent, { withFileTypes: true })) {
    if (!entry.isDirectory() || !entry.name.startsWith(prefix)) continue;
    const [, pid, start] = /^(\d+)-([0-9a-f]{8})-[0-9a-f]{8}$/.exec(entry.name.slice(prefix.length)) ?? [];
    if (!pid) continue;
    const living = identify(Number(pid));
    if (!living || startDigest(living) !== start) await rm(join(parent, entry.name), { recursive: true });
  }
}

function startDigest({ start }: ProcessIdentity): string {
  return createHash('sha256').update(start).digest('hex').slice(0, 8);
}

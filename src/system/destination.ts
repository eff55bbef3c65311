import { lstat, readdir, realpath } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { ExpectedError } from '../core/errors.ts';
import { isOutside } from '../core/is-outside.ts';

/**
 * Makes sure that a new folder can be made at `destination`, in truth inside `root`.
 * Both are absolute. Throws `E_EXISTS` (5) or `E_LINK` (5).
 */
export async function checkDestination(destination: string, root: string): Promise<void> {
  await checkInside(dirname(destination), root);
  const taken = await occupant(destination);
  if (taken) throw taken;
}

/** Makes sure that a folder, which need not exist yet, is inside `root` whatever links are on the way. Throws `E_LINK` (5). */
export async function checkInside(folder: string, root: string): Promise<void> {
  let existing = folder;
  while (!(await occupied(existing))) existing = dirname(existing);
  // The root itself may be reached by links, and need not exist yet.
  if (!isOutside(existing, root)) return;
  const real = await realpath(existing).catch(() => undefined);
  if (real === undefined || isOutside(await realpath(root), real)) throw leadsAway(existing, real, root);
}

/** `E_EXISTS` when a rename failed because its destination was taken meanwhile. */
export async function alreadyThere(destination: string, error: unknown): Promise<ExpectedError | undefined> {
  const { code, syscall } = error as NodeJS.ErrnoException;
  if (syscall !== 'rename' || !['EEXIST', 'ENOTEMPTY', 'ENOTDIR'].includes(code ?? '')) return undefined;
  return occupant(destination);
}

async function occupant(destination: string): Promise<ExpectedError | undefined> {
  const found = await lstat(destination).catch(() => undefined);
  if (!found) return undefined;
  if (found.isSymbolicLink()) return taken(destination, 'it is a link');
  if (!found.isDirectory()) return taken(destination, 'it is not a folder');
  const names = await readdir(destination);
  if (names.length === 0) return undefined;
  const shown = names.sort().slice(0, 5).join(', ');
  return taken(destination, `it holds ${shown}${names.length > 5 ? ` and ${names.length - 5} more` : ''}`);
}

function taken(destination: string, why: string): ExpectedError {
  return new ExpectedError({
    code: 'E_EXISTS',
    exit: 'conflict',
    message: `${basename(destination)} exists already`,
    where: destination,
    why: `${why}; nothing was changed`,
    hints: ['choose another name, or move it away first'],
  });
}

function leadsAway(folder: string, real: string | undefined, root: string): ExpectedError {
  return new ExpectedError({
    code: 'E_LINK',
    exit: 'conflict',
    message: `${basename(folder)} is a link that leads ${real === undefined ? 'nowhere' : `out of ${root}`}`,
    where: folder,
    why: `${real === undefined ? 'what it points to does not exist' : `it points to ${real}`}; nothing was changed`,
    hints: ['put a folder in its place'],
  });
}

/** Whether anything is there, even a link to nowhere. */
export async function occupied(path: string): Promise<boolean> {
  return lstat(path).then(
    () => true,
    () => false,
  );
}

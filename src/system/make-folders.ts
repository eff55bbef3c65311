import { mkdir, rmdir, stat } from 'node:fs/promises';
import { dirname } from 'node:path';

/**
 * Makes a folder and those above it that are missing; returns the ones it made, topmost first, and takes them back when it
 * fails. (Node's own `recursive` hides why a folder could not be made.)
 */
export async function makeFolders(folder: string): Promise<string[]> {
  const missing: string[] = [];
  for (let path = folder; !(await isThere(path)); path = dirname(path)) missing.unshift(path);
  const made: string[] = [];
  try {
    for (const path of missing) if (await make(path)) made.push(path);
    return made;
  } catch (error) {
    await removeEmptyFolders(made);
    throw error;
  }
}

/** Takes back what `makeFolders` made, as far as nothing is in it. */
export async function removeEmptyFolders(made: readonly string[]): Promise<void> {
  for (const path of [...made].reverse()) await rmdir(path).catch(() => {});
}

async function make(path: string): Promise<boolean> {
  try {
    await mkdir(path);
    return true;
  } catch (error) {
    // Another run was faster.
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

async function isThere(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}

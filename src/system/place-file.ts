import { randomBytes } from 'node:crypto';
import { link, open, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { makeFolders } from './make-folders.ts';
import { writeError } from './write-error.ts';

export interface PlaceOptions {
  /** Whether the file may take the place of one that is there. */
  replace: boolean;
  /** Absolute folder on the same disk, made if need be; holds the file until it is whole. */
  scratch: string;
}

/**
 * Makes a file that everybody may read, and its folder: wholly or not at all.
 * Returns false when it may not replace the one that is there. Throws `E_WRITE` (1).
 */
export async function placeFile(
  path: string,
  text: string,
  { replace, scratch }: PlaceOptions,
): Promise<boolean> {
  const temporary = join(scratch, `${randomBytes(4).toString('hex')}.tmp`);
  try {
    for (const folder of [scratch, dirname(path)]) await makeFolders(folder);
    await writeSynced(temporary, text);
    // Unlike a rename, a link fails where something is.
    await (replace ? rename : link)(temporary, path);
    return true;
  } catch (error) {
    const { code, syscall } = error as NodeJS.ErrnoException;
    if (code === 'EEXIST' && syscall === 'link') return false;
    throw writeError(path, error);
  } finally {
    await rm(temporary, { force: true }).catch(() => {});
  }
}

async function writeSynced(path: string, text: string): Promise<void> {
  const file = await open(path, 'wx', 0o644);
  try {
    await file.writeFile(text);
    await file.chmod(0o644);
    await file.sync();
  } finally {
    await file.close();
  }
}

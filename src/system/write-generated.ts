import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { ExpectedError } from '../core/errors.ts';
import { placeFile } from './place-file.ts';

export interface GeneratedFile {
  /** With `/`, relative to the folder. */
  path: string;
  text: string;
}

/**
 * Writes files that are made anew each time, in place of those made before; nothing when one of them is somebody else's,
 * one without `mark`. Throws `E_EXISTS` (5), `E_WRITE` (1).
 */
export async function writeGenerated(
  folder: string,
  files: readonly GeneratedFile[],
  mark: RegExp,
): Promise<void> {
  for (const { path } of files) {
    const there = await readFile(join(folder, path), 'utf8').catch(nothingThere);
    if (there !== undefined && !mark.test(there)) throw notOurs(join(folder, path));
  }
  for (const { path, text } of files) {
    const file = join(folder, path);
    await placeFile(file, text, { replace: true, scratch: dirname(file) });
  }
}

function nothingThere(error: NodeJS.ErrnoException): undefined {
  if (error.code === 'ENOENT' || error.code === 'ENOTDIR' || error.code === 'EISDIR') return undefined;
  throw error;
}

function notOurs(file: string): ExpectedError {
  return new ExpectedError({
    code: 'E_EXISTS',
    exit: 'conflict',
    message: 'a file is in the way that was not made by cloudnative',
    where: file,
    why: 'nothing was written',
    hints: ['choose another folder for --out, or move the file away'],
  });
}

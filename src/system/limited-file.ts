import { readFile, stat } from 'node:fs/promises';
import { ExpectedError } from '../core/errors.ts';

/** The text of a file of at most `limit` bytes; undefined when there is nothing. Throws E_FILE: 4 for what is no file, 3 for a longer one. */
export async function readLimited(path: string, limit: number): Promise<string | undefined> {
  try {
    const found = await stat(path);
    // A pipe would be waited for, a device might never end.
    if (!found.isFile()) throw unreadable(path, found.isDirectory() ? 'it is a folder' : 'it is not a file');
    if (found.size > limit) throw tooLong(path, found.size, limit);
    return await readFile(path, 'utf8');
  } catch (error) {
    if (error instanceof ExpectedError) throw error;
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return undefined;
    throw unreadable(path, code, error);
  }
}

function unreadable(path: string, why?: string, cause?: unknown): ExpectedError {
  const message = `${path} cannot be read`;
  return new ExpectedError({ code: 'E_FILE', exit: 'notFound', message, why, cause });
}

function tooLong(path: string, size: number, limit: number): ExpectedError {
  return new ExpectedError({
    code: 'E_FILE',
    exit: 'validation',
    message: `${path} is too long for what it should be`,
    why: `it has ${megabytes(size)}, and may have ${megabytes(limit)}`,
  });
}

function megabytes(bytes: number): string {
  return `${Math.ceil(bytes / 1_000_000)} MB`;
}

export async function isFolder(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined))?.isDirectory() ?? false;
}

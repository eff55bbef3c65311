import { createHash } from 'node:crypto';
import { lstat, readdir, readFile, readlink } from 'node:fs/promises';
import { join } from 'node:path';

/** Everything below a folder: path to mode and digest, sorted. What is named in `except` is left out wherever it is. */
export async function readTree(
  root: string,
  except: readonly string[] = [],
  path = '',
): Promise<Record<string, string>> {
  const found: Record<string, string> = {};
  for (const name of (await readdir(join(root, path))).sort()) {
    if (except.includes(name)) continue;
    const here = join(path, name);
    const { mode } = await lstat(join(root, here));
    const octal = (mode & 0o7777).toString(8);
    const kind = mode & 0o170000;
    if (kind === 0o040000) {
      found[`${here}/`] = octal;
      Object.assign(found, await readTree(root, except, here));
    } else if (kind === 0o120000) {
      found[here] = `-> ${await readlink(join(root, here))}`;
    } else {
      found[here] = `${octal} ${createHash('sha256')
        .update(await readFile(join(root, here)))
        .digest('hex')}`;
    }
  }
  return found;
}

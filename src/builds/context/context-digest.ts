import { createHash } from 'node:crypto';
import { open, readFile } from 'node:fs/promises';
import { mapLimit } from '../../core/limit.ts';
import type { ContextFile } from './list-context.ts';

const readWhole = 1024 * 1024;

/**
 * Hex sha256 over path, kind, executable bit and content (of a link: where it points). Equal for equal trees wherever they
 * are; times, owners, the other permission bits and the order of `files` do not count.
 */
export async function contextDigest(files: readonly ContextFile[]): Promise<string> {
  const sorted = [...files].sort((a, b) => (a.path < b.path ? -1 : 1));
  const entries = await mapLimit(sorted, 8, async (file) =>
    JSON.stringify([file.path, file.kind, file.executable, await contentDigest(file)]),
  );
  return createHash('sha256').update(entries.join('\n')).digest('hex');
}

async function contentDigest(file: ContextFile): Promise<string> {
  if (file.kind !== 'file') return file.target ?? '';
  const hash = createHash('sha256');
  if (file.size <= readWhole) return hash.update(await readFile(file.source)).digest('hex');
  const handle = await open(file.source);
  try {
    for await (const chunk of handle.createReadStream({ autoClose: false })) hash.update(chunk as Buffer);
  } finally {
    await handle.close();
  }
  return hash.digest('hex');
}

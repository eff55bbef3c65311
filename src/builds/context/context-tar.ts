import { type FileHandle, open, readFile } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { ExpectedError } from '../../core/errors.ts';
import type { ContextFile } from './list-context.ts';
import { blockSize, padding, tarHeader } from './tar-header.ts';

const readAhead = 16;
const smallFile = 64 * 1024;
const chunkSize = 1024 * 1024;

/**
 * The files as an uncompressed tar, byte-equal for equal files: fixed times, owner and modes (755 for folders and executable
 * files, 644 for others), folders before what is in them.
 */
export function contextTar(files: readonly ContextFile[]): Readable {
  return Readable.from(gathered(blocks(withFolders(files))), {
    objectMode: false,
    highWaterMark: 2 * chunkSize,
  });
}

/** With the folders that the paths imply: otherwise the engine makes them up, with the time of day. */
function withFolders(files: readonly ContextFile[]): ContextFile[] {
  const byPath = new Map(files.map((file) => [file.path, file]));
  for (const { path } of files) {
    for (let at = path.lastIndexOf('/', path.length - 2); at > 0; at = path.lastIndexOf('/', at - 1)) {
      const folder = path.slice(0, at + 1);
      if (byPath.has(folder)) break;
      byPath.set(folder, { path: folder, kind: 'folder', source: '', executable: false, size: 0 });
    }
  }
  return [...byPath.values()].sort((a, b) => (a.path < b.path ? -1 : 1));
}

async function* blocks(files: readonly ContextFile[]): AsyncGenerator<Buffer> {
  const small = new Map<number, Promise<Buffer>>();
  let ahead = 0;
  for (const [index, file] of files.entries()) {
    for (; ahead < files.length && ahead < index + readAhead; ahead++) {
      const { kind, size, source } = files[ahead]!;
      if (kind !== 'file' || size > smallFile) continue;
      const reading = readFile(source);
      reading.catch(() => undefined); // met again below, or not at all when an earlier file ends the build
      small.set(ahead, reading);
    }
    yield header(file);
    if (file.kind !== 'file') continue;
    const content = await small.get(index);
    small.delete(index);
    if (content && content.length !== file.size) throw changed(file);
    if (content) yield content;
    else yield* large(file);
    yield padding(file.size);
  }
  yield Buffer.alloc(2 * blockSize);
}

function header({ path, kind, size, executable, target }: ContextFile): Buffer {
  const mode = kind === 'link' ? 0o777 : kind === 'folder' || executable ? 0o755 : 0o644;
  return tarHeader({ path, kind, size, mode, target });
}

async function* large(file: ContextFile): AsyncGenerator<Buffer> {
  const handle = await open(file.source);
  try {
    for (let left = file.size; left > 0; ) {
      const chunk = await readChunk(handle, Math.min(chunkSize, left));
      if (chunk.length === 0) throw changed(file);
      left -= chunk.length;
      yield chunk;
    }
  } finally {
    await handle.close();
  }
}

async function readChunk(handle: FileHandle, size: number): Promise<Buffer> {
  const { buffer, bytesRead } = await handle.read(Buffer.allocUnsafe(size), 0, size, null);
  return buffer.subarray(0, bytesRead);
}

/** Many small pieces in one, since each piece costs a write to the engine. */
async function* gathered(pieces: AsyncGenerator<Buffer>): AsyncGenerator<Buffer> {
  let waiting: Buffer[] = [];
  let size = 0;
  for await (const piece of pieces) {
    waiting.push(piece);
    size += piece.length;
    if (size < smallFile) continue;
    yield waiting.length === 1 ? piece : Buffer.concat(waiting);
    waiting = [];
    size = 0;
  }
  if (size > 0) yield Buffer.concat(waiting);
}

function changed({ path }: ContextFile): ExpectedError {
  return new ExpectedError({
    code: 'E_CONTEXT_CHANGED',
    exit: 'conflict',
    message: 'a file changed while the image was being built',
    where: path,
    hints: [
      'run the same command again when nothing writes to the folder, or name the file in .dockerignore',
    ],
  });
}

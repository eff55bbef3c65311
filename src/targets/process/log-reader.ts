import { closeSync, openSync, readSync, statSync } from 'node:fs';
import { StringDecoder } from 'node:string_decoder';

const chunkBytes = 65_536;
const newline = 10;

export interface LogReader {
  /** Complete lines written since the last look, also across a move of the log to `<log>.1`. */
  next(): string[];
  /** What stands after the last line end. */
  rest(): string;
}

/** Reads a log from a byte position on. The file need not exist yet. */
export function readLog(log: string, from: number): LogReader {
  const decoder = new StringDecoder('utf8');
  const kept = `${log}.1`;
  let position = from;
  let keptIdentity = identityOf(kept);
  let shrunk = false;
  let line = '';

  const append = (path: string, start: number, lines: string[]): number => {
    let end = start;
    for (const chunk of chunks(path, start)) {
      end += chunk.length;
      const parts = (line + decoder.write(chunk)).split('\n');
      line = parts.pop()!;
      lines.push(...parts);
    }
    return end;
  };

  return {
    next() {
      const lines: string[] = [];
      const identity = identityOf(kept);
      if (identity !== keptIdentity) {
        if (identity !== '') append(kept, position, lines);
        keptIdentity = identity;
        position = 0;
      } else if (sizeOf(log) < position) {
        // Either the move has just begun and the kept file is about to change, or somebody emptied the log.
        if (!shrunk) {
          shrunk = true;
          return [];
        }
        position = 0;
      }
      shrunk = false;
      position = append(log, position, lines);
      return lines;
    },
    rest: () => line + decoder.end(),
  };
}

/** Where the last `count` lines begin, and how many fewer there are after `floor`. */
export function tailStart(log: string, count: number, floor = 0): { start: number; short: number } {
  let end = sizeOf(log);
  const size = end;
  let found = 0;
  if (count <= 0) return { start: size, short: 0 };
  while (end > floor) {
    const start = Math.max(floor, end - chunkBytes);
    const chunk = readAt(log, start, end - start);
    for (let index = chunk.length - 1; index >= 0; index--) {
      if (chunk[index] !== newline || start + index === size - 1) continue;
      found += 1;
      if (found === count) return { start: start + index + 1, short: 0 };
    }
    end = start;
  }
  const lines = size > floor ? found + 1 : 0;
  return { start: Math.min(floor, size), short: count - lines };
}

function* chunks(path: string, start: number): Generator<Buffer> {
  for (let position = start; ; ) {
    const chunk = readAt(path, position, chunkBytes);
    if (chunk.length === 0) return;
    yield chunk;
    position += chunk.length;
  }
}

/** What cannot be read counts as empty. */
function readAt(path: string, position: number, length: number): Buffer {
  let file: number | undefined;
  try {
    file = openSync(path, 'r');
    const buffer = Buffer.alloc(length);
    return buffer.subarray(0, readSync(file, buffer, 0, length, position));
  } catch {
    return Buffer.alloc(0);
  } finally {
    if (file !== undefined) closeSync(file);
  }
}

function identityOf(path: string): string {
  const stat = statSync(path, { throwIfNoEntry: false });
  return stat ? `${stat.ino} ${stat.mtimeMs}` : '';
}

function sizeOf(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.size ?? 0;
}

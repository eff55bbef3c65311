import {
  closeSync,
  copyFileSync,
  openSync,
  readSync,
  renameSync,
  statSync,
  truncateSync,
  writeSync,
} from 'node:fs';

/**
 * Moves a log that has grown over the limit to `<log>.1` and empties it; true when it did.
 * Processes go on writing to the same file: they append, so their next line is the first of the emptied one.
 */
export function capLog(log: string, limit: number): boolean {
  if (sizeOf(log) <= limit) return false;
  const kept = `${log}.1`;
  const temporary = `${kept}.tmp`;
  copyFileSync(log, temporary);
  appendRest(log, temporary);
  truncateSync(log, 0);
  // A new file each time: that is how a reader tells that its position is gone.
  renameSync(temporary, kept);
  return true;
}

/** What was written while the copy was made. */
function appendRest(from: string, to: string): void {
  const source = openSync(from, 'r');
  const target = openSync(to, 'a');
  try {
    const buffer = Buffer.alloc(65_536);
    let position = sizeOf(to);
    for (let read = 1; read > 0; position += read) {
      read = readSync(source, buffer, 0, buffer.length, position);
      writeSync(target, buffer, 0, read);
    }
  } finally {
    closeSync(source);
    closeSync(target);
  }
}

function sizeOf(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.size ?? 0;
}

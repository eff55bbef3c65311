export const blockSize = 512;

export interface TarEntry {
  /** With `/`; a folder's ends in one. */
  path: string;
  kind: 'file' | 'folder' | 'link';
  mode: number;
  size: number;
  target?: string;
}

/** Neither now, which would make equal trees differ, nor 1970, which zip archives made inside a build cannot hold. */
const modified = Date.UTC(2000, 0, 1) / 1000;

const types = { file: '0', folder: '5', link: '2' };
const largestOctalSize = 0o77777777777;

/** The header blocks of one entry: ustar, with a pax record before it where ustar cannot say it. Owner is 0:0. */
export function tarHeader(entry: TarEntry): Buffer {
  const { path } = entry;
  const target = entry.target ?? '';
  const name = splitName(path);
  const records: [string, string][] = [];
  if (!name) records.push(['path', path]);
  if (!plain(target, 100)) records.push(['linkpath', target]);
  if (entry.size > largestOctalSize) records.push(['size', String(entry.size)]);
  const own = block({ ...(name ?? { name: 'pax', prefix: '' }), type: types[entry.kind], entry, target });
  if (records.length === 0) return own;
  const text = Buffer.from(records.map(([key, value]) => record(key, value)).join(''));
  const pax: TarEntry = { path: 'pax', kind: 'file', mode: 0o644, size: text.length };
  return Buffer.concat([
    block({ name: 'pax', prefix: '', type: 'x', entry: pax, target: '' }),
    text,
    padding(text.length),
    own,
  ]);
}

/** Zeros up to the next block. */
export function padding(size: number): Buffer {
  return Buffer.alloc((blockSize - (size % blockSize)) % blockSize);
}

/** Ustar's two fields hold 100 and 155 ASCII characters and meet at a `/`. */
function splitName(path: string): { name: string; prefix: string } | undefined {
  if (plain(path, 100)) return { name: path, prefix: '' };
  if (!plain(path, 256)) return undefined;
  for (let at = path.indexOf('/'); at !== -1 && at <= 155; at = path.indexOf('/', at + 1)) {
    const name = path.slice(at + 1);
    if (at > 0 && name !== '' && name.length <= 100) return { name, prefix: path.slice(0, at) };
  }
  return undefined;
}

function plain(text: string, limit: number): boolean {
  return text.length <= limit && /^[ -~]*$/.test(text);
}

function block(fields: {
  name: string;
  prefix: string;
  type: string;
  entry: TarEntry;
  target: string;
}): Buffer {
  const { name, prefix, type, entry, target } = fields;
  const header = Buffer.alloc(blockSize);
  header.write(name, 0, 100, 'latin1');
  header.write(octal(entry.mode, 8), 100);
  header.write(octal(0, 8), 108);
  header.write(octal(0, 8), 116);
  header.write(octal(entry.size > largestOctalSize ? 0 : entry.size, 12), 124);
  header.write(octal(modified, 12), 136);
  header.write(' '.repeat(8), 148);
  header.write(type, 156);
  if (plain(target, 100)) header.write(target, 157, 100, 'latin1');
  header.write('ustar\x0000', 257);
  header.write(prefix, 345, 155, 'latin1');
  const checksum = header.reduce((sum, byte) => sum + byte, 0);
  header.write(`${octal(checksum, 7)} `, 148);
  return header;
}

/** `width` counts the closing NUL. */
function octal(value: number, width: number): string {
  return `${value.toString(8).padStart(width - 1, '0')}\0`;
}

/** A pax record begins with its own length, whose digits count too. */
function record(key: string, value: string): string {
  const rest = Buffer.byteLength(` ${key}=${value}\n`);
  let length = rest + String(rest).length;
  if (String(length).length !== String(rest).length) length = rest + String(length).length;
  return `${length} ${key}=${value}\n`;
}

import { classText, perlClasses, posixClasses, unicodeClass } from './character-class.ts';
import { folded, negated, type Range } from './code-points.ts';
import type { TextReader } from './text-reader.ts';

/** What a class holds: code points, and parts that are written for JavaScript already. */
export interface ClassParts {
  ranges: readonly Range[];
  more: readonly string[];
}

/** Reads what follows `[`, up to its end, and writes it for JavaScript. `fold`: letters of either case. Throws an Error for a mistake. */
export function readBracket(reader: TextReader, fold: boolean): string {
  const not = reader.take('^');
  const ranges: Range[] = [];
  const more: string[] = [];
  for (let first = true; first || !reader.take(']'); first = false) {
    const parts =
      readPosixClass(reader, fold) ?? (reader.match(/\\(?=[dDsSwWpP])/y) && readEscape(reader, fold));
    ranges.push(...(parts ?? readRange(reader, fold)).ranges);
    more.push(...(parts?.more ?? []));
  }
  return classText(ranges, more, not);
}

/** `\d`, `\pL`, `\p{Greek}` and their opposites, by the letter after the backslash; undefined for other letters. */
export function readClassEscape(reader: TextReader, letter: string, fold: boolean): ClassParts | undefined {
  const kind = letter.toLowerCase();
  const not = kind !== letter;
  if (Object.hasOwn(perlClasses, kind)) return { ranges: cased(perlClasses[kind]!, fold, not), more: [] };
  if (kind !== 'p') return undefined;
  const braced = reader.match(/\{([^}]*)\}/y);
  const name = braced ? braced[1]! : reader.next();
  const opposite = name.startsWith('^');
  const text = fold ? undefined : unicodeClass(name.replace('^', ''), not !== opposite);
  if (text === undefined) throw new Error(`JavaScript has no \\p{${name}} with the meaning it has in Go`);
  return { ranges: [], more: [text] };
}

/** The code point that an escape stands for, by the character after the backslash. */
export function readPoint(reader: TextReader, character: string): number {
  const controls: Record<string, number> = { a: 7, f: 12, t: 9, n: 10, r: 13, v: 11 };
  if (Object.hasOwn(controls, character)) return controls[character]!;
  const point = readCode(reader, character);
  if (point !== undefined && point <= 0x10ffff) return point;
  if (point === undefined && /^[^\w\u0080-\u{10ffff}]$|^_$/u.test(character))
    return character.codePointAt(0)!;
  throw new Error(`invalid escape \\${character}`);
}

export function cased(ranges: readonly Range[], fold: boolean, not = false): readonly Range[] {
  const all = fold ? folded(ranges) : ranges;
  return not ? negated(all) : all;
}

function readEscape(reader: TextReader, fold: boolean): ClassParts | undefined {
  return readClassEscape(reader, reader.next(), fold);
}

function readPosixClass(reader: TextReader, fold: boolean): ClassParts | undefined {
  const [all, not, name] = reader.match(/\[:(\^?)(\w*):\]/y) ?? [];
  if (all === undefined) return undefined;
  if (!Object.hasOwn(posixClasses, name!)) throw new Error(`invalid class ${all}`);
  return { ranges: cased(posixClasses[name!]!, fold, not === '^'), more: [] };
}

/** One code point, or all from one to another. */
function readRange(reader: TextReader, fold: boolean): ClassParts {
  const point = () => {
    const character = reader.next();
    return character === '\\' ? readPoint(reader, reader.next()) : character.codePointAt(0)!;
  };
  const from = point();
  const to = reader.match(/-(?!\])/y) ? point() : from;
  if (to < from) throw new Error('invalid range in [ ]');
  return { ranges: cased([[from, to]], fold), more: [] };
}

/** `\x41`, `\x{41}`, `\0`, `\101`; `\1` alone would refer back, which Go does not know. */
function readCode(reader: TextReader, character: string): number | undefined {
  if (character === 'x') {
    const [, two, braced] = reader.match(/([0-9a-fA-F]{2})|\{([0-9a-fA-F]+)\}/y) ?? [];
    const digits = two ?? braced;
    return digits === undefined ? undefined : Number.parseInt(digits, 16);
  }
  const octal = /^[1-7]$/.test(character) ? /[0-7]{1,2}/y : /[0-7]{0,2}/y;
  const rest = /^[0-7]$/.test(character) ? reader.match(octal) : undefined;
  return rest && Number.parseInt(character + rest[0], 8);
}

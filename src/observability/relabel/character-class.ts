import { lastCodePoint, negated, type Range } from './code-points.ts';

const digits: Range[] = [[0x30, 0x39]];
const lower: Range[] = [[0x61, 0x7a]];
const upper: Range[] = [[0x41, 0x5a]];
const letters = [...upper, ...lower];
const word: Range[] = [...digits, ...letters, [0x5f, 0x5f]];

/** `\d`, `\s`, `\w`: ASCII alone, and no vertical tab. */
export const perlClasses: Readonly<Record<string, readonly Range[]>> = {
  d: digits,
  s: [
    [0x09, 0x0a],
    [0x0c, 0x0d],
    [0x20, 0x20],
  ],
  w: word,
};

/** `[:alpha:]` and the like. */
export const posixClasses: Readonly<Record<string, readonly Range[]>> = {
  alnum: [...digits, ...letters],
  alpha: letters,
  ascii: [[0, 0x7f]],
  blank: [
    [0x09, 0x09],
    [0x20, 0x20],
  ],
  cntrl: [
    [0, 0x1f],
    [0x7f, 0x7f],
  ],
  digit: digits,
  graph: [[0x21, 0x7e]],
  lower,
  print: [[0x20, 0x7e]],
  punct: [
    [0x21, 0x2f],
    [0x3a, 0x40],
    [0x5b, 0x60],
    [0x7b, 0x7e],
  ],
  space: [
    [0x09, 0x0d],
    [0x20, 0x20],
  ],
  upper,
  word,
  xdigit: [...digits, [0x41, 0x46], [0x61, 0x66]],
};

/**
 * A Unicode class by its name in Go, as JavaScript writes it in a class: a general category or a script. Undefined where JavaScript
 * has no such one.
 */
export function unicodeClass(name: string, not: boolean): string | undefined {
  if (name === 'Any') return not ? '' : rangeText([0, lastCodePoint]);
  const known = [`gc=${name}`, `sc=${name}`].find((property) => isProperty(property));
  return known && `\\${not ? 'P' : 'p'}{${known}}`;
}

/** The ranges, and what else a class holds, as one class of JavaScript. */
export function classText(ranges: readonly Range[], more: readonly string[], not: boolean): string {
  // A class of nothing matches nothing, in JavaScript as in Go.
  if (not && more.length === 0) return classText(negated(ranges), [], false);
  const [only, second] = ranges;
  if (only && !second && only[0] === only[1] && more.length === 0) return pointText(only[0]);
  return `[${not ? '^' : ''}${ranges.map(rangeText).join('')}${more.join('')}]`;
}

function rangeText([from, to]: Range): string {
  return from === to ? pointText(from) : `${pointText(from)}-${pointText(to)}`;
}

function pointText(point: number): string {
  const text = String.fromCodePoint(point);
  return /[A-Za-z0-9_ ]/.test(text) ? text : `\\u{${point.toString(16)}}`;
}

function isProperty(property: string): boolean {
  try {
    return new RegExp(`\\p{${property}}`, 'u').unicode;
  } catch {
    return false;
  }
}

import { classText } from './character-class.ts';
import { cased, readBracket, readClassEscape, readPoint } from './read-class.ts';
import { TextReader } from './text-reader.ts';

/** A part of an expression in JavaScript, and what has to be known of it where it is repeated. */
export interface Piece {
  source: string;
  /** Has groups that capture, and one that may stay unset although the part matches. */
  captures: boolean;
  skips: boolean;
  /** Can match nothing at all. */
  empty: boolean;
}

interface Flags {
  i: boolean;
  m: boolean;
  s: boolean;
  U: boolean;
}

/**
 * Reads an expression in the syntax of Go (RE2) and writes it for JavaScript's `u` flag alone: case, lines and greed are written
 * out, so that no flag of JavaScript with other rules is needed. Every method throws an Error for what is not Go's syntax.
 */
export class Parser {
  readonly names = new Map<string, number>();
  forgetful = false;
  readonly #reader: TextReader;
  #groups = 0;
  #flags: Flags = { i: false, m: false, s: false, U: false };

  constructor(text: string) {
    this.#reader = new TextReader(text);
  }

  parse(): Piece {
    const piece = this.#alternatives();
    if (!this.#reader.ended()) throw new Error('unexpected )');
    return piece;
  }

  #alternatives(): Piece {
    const all = [this.#sequence()];
    while (this.#reader.take('|')) all.push(this.#sequence());
    if (all.length === 1) return all[0]!;
    const captures = all.some((one) => one.captures);
    const source = all.map((one) => one.source).join('|');
    return { source, captures, skips: captures, empty: all.some(({ empty }) => empty) };
  }

  #sequence(): Piece {
    const pieces: Piece[] = [];
    let repeatable = false;
    while (!this.#reader.ended() && !this.#reader.sees('|') && !this.#reader.sees(')')) {
      const repeat = this.#repetition();
      if (repeat) {
        if (!repeatable) throw new Error(`nothing to repeat before ${repeat.text}`);
        pieces.push(this.#repeated(pieces.pop()!, repeat));
        repeatable = false;
        continue;
      }
      const atoms = this.#atoms();
      pieces.push(...atoms);
      repeatable = atoms.length > 0;
    }
    return {
      source: pieces.map(({ source }) => source).join(''),
      captures: pieces.some(({ captures }) => captures),
      skips: pieces.some(({ skips }) => skips),
      empty: pieces.every(({ empty }) => empty),
    };
  }

  #repeated(body: Piece, { min, max, lazy }: { min: number; max: number; lazy: boolean }): Piece {
    if (body.captures && max > 1 && (body.skips || body.empty)) this.forgetful = true;
    const count = `{${min},${max === endless ? '' : max}}`;
    return {
      source: `(?:${body.source})${count}${lazy ? '?' : ''}`,
      captures: body.captures,
      skips: body.skips || (body.captures && min === 0),
      empty: body.empty || min === 0,
    };
  }

  /** `*`, `+`, `?` or `{1,3}`, each perhaps with `?`; undefined where none is. */
  #repetition(): { min: number; max: number; lazy: boolean; text: string } | undefined {
    const simple = { '*': [0, endless], '+': [1, endless], '?': [0, 1] };
    const text = this.#reader.match(/[*+?]/y)?.[0];
    const bounds = text ? simple[text as keyof typeof simple] : this.#counts();
    if (!bounds) return undefined;
    const [min, max] = bounds as [number, number];
    const swapped = this.#reader.take('?');
    return { min, max, lazy: swapped !== this.#flags.U, text: text ?? '{' };
  }

  /** What does not read as counts is a brace of the text. */
  #counts(): readonly number[] | undefined {
    const [all, from, comma, to] = this.#reader.match(/\{(0|[1-9]\d*)(?:(,)(0|[1-9]\d*)?)?\}/y) ?? [];
    if (all === undefined) return undefined;
    const min = Number(from);
    const max = comma ? Number(to ?? endless) : min;
    if (min > 1000 || (max > 1000 && max !== endless) || max < min)
      throw new Error(`invalid repeat count ${all}`);
    return [min, max];
  }

  /** One, or none for flags, or several for a quotation. */
  #atoms(): Piece[] {
    const character = this.#reader.next();
    const { m, s } = this.#flags;
    switch (character) {
      case '(':
        return this.#group();
      case '[':
        return [plain(readBracket(this.#reader, this.#flags.i))];
      case '.':
        return [plain(s ? '[^]' : '[^\\n]')];
      case '^':
        return [assertion(m ? '(?<![^\\n])' : '^')];
      case '$':
        return [assertion(m ? '(?![^\\n])' : '$')];
      case '\\':
        return this.#escaped();
      default:
        return [this.#literal(character)];
    }
  }

  #group(): Piece[] {
    const before = this.#flags;
    let capturing = true;
    if (this.#reader.take('?')) {
      if (this.#reader.sees('P') || this.#reader.sees('<')) this.#name();
      else {
        capturing = false;
        if (!this.#readFlags()) return [];
      }
    }
    if (capturing) this.#groups++;
    const body = this.#alternatives();
    if (!this.#reader.take(')')) throw new Error('missing )');
    this.#flags = before;
    const source = `(${capturing ? '' : '?:'}${body.source})`;
    return [{ ...body, source, captures: body.captures || capturing }];
  }

  #name(): void {
    const [, name] = this.#reader.match(/P?<(\w+)>/y) ?? [];
    if (name === undefined || this.names.has(name)) throw new Error('invalid name of a group');
    this.names.set(name, this.#groups + 1);
  }

  /** Until `:` (true: a group begins) or `)` (they hold to the end of the group around them). */
  #readFlags(): boolean {
    const flags = { ...this.#flags };
    let value = true;
    let seen = false;
    for (;;) {
      const character = this.#reader.next();
      if (character === 'i' || character === 'm' || character === 's' || character === 'U') {
        flags[character] = value;
        seen = true;
      } else if (character === '-' && value) {
        value = false;
        seen = false;
      } else if ((character === ':' || character === ')') && (value || seen)) {
        this.#flags = flags;
        return character === ':';
      } else throw new Error('(? begins nothing that Go knows');
    }
  }

  #escaped(): Piece[] {
    const character = this.#reader.next();
    const assertions: Record<string, string> = { A: '^', z: '$', b: '\\b', B: '\\B' };
    if (Object.hasOwn(assertions, character)) return [assertion(assertions[character]!)];
    if (character === 'Q') return this.#quotation();
    const { ranges, more } = readClassEscape(this.#reader, character, this.#flags.i) ?? {};
    if (ranges) return [plain(classText(ranges, more!, false))];
    return [this.#literal(String.fromCodePoint(readPoint(this.#reader, character)))];
  }

  #quotation(): Piece[] {
    const pieces: Piece[] = [];
    while (!this.#reader.ended()) {
      const character = this.#reader.next();
      if (character === '\\' && this.#reader.take('E')) break;
      pieces.push(this.#literal(character));
    }
    return pieces;
  }

  #literal(character: string): Piece {
    const point = character.codePointAt(0)!;
    const ranges = cased([[point, point]], this.#flags.i);
    return plain(classText(ranges, [], false));
  }
}

const endless = Number.POSITIVE_INFINITY;

function plain(source: string): Piece {
  return { source, captures: false, skips: false, empty: false };
}

function assertion(source: string): Piece {
  return { ...plain(source), empty: true };
}

/** Goes through a text once, a code point at a time. */
export class TextReader {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  ended(): boolean {
    return this.#at >= this.#text.length;
  }

  /** The next code point; throws at the end. */
  next(): string {
    const point = this.#text.codePointAt(this.#at);
    if (point === undefined) throw new Error('it ends too early');
    const character = String.fromCodePoint(point);
    this.#at += character.length;
    return character;
  }

  sees(start: string): boolean {
    return this.#text.startsWith(start, this.#at);
  }

  /** Goes past it, if it comes next. */
  take(start: string): boolean {
    const there = this.sees(start);
    if (there) this.#at += start.length;
    return there;
  }

  /** Goes past what a sticky expression matches here. */
  match(sticky: RegExp): RegExpExecArray | undefined {
    sticky.lastIndex = this.#at;
    const found = sticky.exec(this.#text) ?? undefined;
    if (found) this.#at = sticky.lastIndex;
    return found;
  }
}

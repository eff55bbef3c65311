/** The labels of one target on top of those that it shares with others; an empty value is the same as none. */
export class LabelSet {
  readonly #shared: ReadonlyMap<string, string>;
  /** Empty: removed. */
  readonly #own = new Map<string, string>();

  constructor(shared: ReadonlyMap<string, string> = new Map()) {
    this.#shared = shared;
  }

  get(name: string): string {
    return this.#own.get(name) ?? this.#shared.get(name) ?? '';
  }

  set(name: string, value: string): void {
    this.#own.set(name, value);
  }

  /** Of those that are there now, in no order that means anything. */
  names(): string[] {
    const names: string[] = [];
    for (const [name, value] of this.#shared) if (value !== '' && !this.#own.has(name)) names.push(name);
    for (const [name, value] of this.#own) if (value !== '') names.push(name);
    return names;
  }
}

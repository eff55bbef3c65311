/** Whether one character (a whole code point) is meant. */
export type Test = (char: string) => boolean;

interface Parsed {
  test: Test;
  /** Index after what was read. */
  next: number;
}

/** The syntax check that Docker makes first; it knows brackets and backslashes only. */
export function wellFormed(pattern: string): boolean {
  const chars = [...pattern];
  let at = 0;
  const member = () => {
    if (chars[at] === undefined || chars[at] === '-' || chars[at] === ']') return false;
    if (chars[at] === '\\') at++;
    at++;
    return at < chars.length;
  };
  while (at < chars.length) {
    const char = chars[at++];
    if (char === '\\' && at++ === chars.length) return false;
    if (char !== '[') continue;
    if (chars[at] === '^') at++;
    do {
      if (!member()) return false;
      if (chars[at] === '-') {
        at++;
        if (!member()) return false;
      }
    } while (chars[at] !== ']');
    at++;
  }
  return true;
}

/** `[…]` of a Go regular expression, `at` its opening bracket; undefined when Go refuses it. */
export function parseClass(expression: readonly string[], at: number): Parsed | undefined {
  const negated = expression[at + 1] === '^';
  const tests: Test[] = [];
  let next = at + (negated ? 2 : 1);
  for (let first = true; first || expression[next] !== ']'; first = false) {
    const named =
      namedClass(expression, next) ?? (expression[next] === '\\' ? shorthand(expression, next) : undefined);
    if (named) {
      tests.push(named.test);
      next = named.next;
      continue;
    }
    const low = single(expression, next);
    if (!low) return undefined;
    next = low.next;
    let high = low;
    if (expression[next] === '-' && expression[next + 1] !== ']') {
      const end = single(expression, next + 1);
      if (!end || end.point < low.point) return undefined;
      high = end;
      next = end.next;
    }
    tests.push((char) => char.codePointAt(0)! >= low.point && char.codePointAt(0)! <= high.point);
    if (low.others) tests.push((char) => low.others!.includes(char));
  }
  return { test: (char) => tests.some((test) => test(char)) !== negated, next: next + 1 };
}

/** `\x` outside a class; undefined when Go refuses it. */
export function parseEscape(expression: readonly string[], at: number): Parsed | undefined {
  const short = shorthand(expression, at);
  if (short) return short;
  const literal = single(expression, at);
  return literal && { test: (char) => char.codePointAt(0) === literal.point, next: literal.next };
}

interface Single {
  point: number;
  next: number;
  /** What else the text at this place stands for. */
  others?: string;
}

const controls: Record<string, string> = { a: '\x07', f: '\f', n: '\n', r: '\r', t: '\t', v: '\v' };

function single(expression: readonly string[], at: number): Single | undefined {
  const char = expression[at];
  if (char === undefined || char === 'ALL') return undefined;
  // Two stars inside a class are by then the text of a group, and each of its characters a member.
  if (char === 'FOLDERS') return { point: '('.codePointAt(0)!, next: at + 1, others: '.*/)?' };
  if (char !== '\\') return { point: char.codePointAt(0)!, next: at + 1 };
  const escaped = expression[at + 1] ?? '';
  if (controls[escaped]) return { point: controls[escaped].codePointAt(0)!, next: at + 2 };
  return /^[\0-\x7f]$/.test(escaped) && !/[0-9A-Za-z]/.test(escaped)
    ? { point: escaped.codePointAt(0)!, next: at + 2 }
    : undefined;
}

const shorthands: Record<string, RegExp> = {
  d: /[0-9]/,
  D: /[^0-9]/,
  w: /[0-9A-Za-z_]/,
  W: /[^0-9A-Za-z_]/,
  s: /[\t\n\f\r ]/,
  S: /[^\t\n\f\r ]/,
};

function shorthand(expression: readonly string[], at: number): Parsed | undefined {
  const class_ = shorthands[expression[at + 1] ?? ''];
  return class_ && { test: (char) => class_.test(char), next: at + 2 };
}

const named: Record<string, RegExp> = {
  alnum: /[0-9A-Za-z]/,
  alpha: /[A-Za-z]/,
  ascii: /[\0-\x7f]/,
  blank: /[\t ]/,
  cntrl: /[\0-\x1f\x7f]/,
  digit: /[0-9]/,
  graph: /[!-~]/,
  lower: /[a-z]/,
  print: /[ -~]/,
  punct: /[!-/:-@[-`{-~]/,
  space: /[\t-\r ]/,
  upper: /[A-Z]/,
  word: /[0-9A-Za-z_]/,
  xdigit: /[0-9A-Fa-f]/,
};

function namedClass(expression: readonly string[], at: number): Parsed | undefined {
  if (expression[at] !== '[' || expression[at + 1] !== ':') return undefined;
  const match = /^\[:(\^?)([a-z]+):\]/.exec(expression.slice(at, at + 12).join(''));
  const class_ = named[match?.[2] ?? ''];
  if (!match || !class_) return undefined;
  return { test: (char) => class_.test(char) !== (match[1] === '^'), next: at + match[0].length };
}

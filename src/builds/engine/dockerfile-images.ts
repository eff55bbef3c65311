export interface UsedImage {
  /** As written, with build arguments filled in. */
  reference: string;
  /** Of the Dockerfile, from 1. */
  line: number;
}

/** The images that a Dockerfile starts from or copies from; not its own stages, `scratch`, nor names that need an unknown argument. */
export function imagesOf(dockerfile: string, buildArgs: Readonly<Record<string, string>>): UsedImage[] {
  const globals = new Map<string, string>();
  const stages = new Set<string>();
  const images: UsedImage[] = [];
  const use = (name: string, line: number) => {
    const reference = expand(name, globals);
    if (
      !reference ||
      reference === 'scratch' ||
      stages.has(reference.toLowerCase()) ||
      /^\d+$/.test(reference)
    )
      return;
    images.push({ reference, line });
  };
  for (const { words, line } of instructions(dockerfile)) {
    const keyword = words[0]!.toUpperCase();
    const rest = words.slice(1).filter((word) => !word.startsWith('--'));
    if (keyword === 'ARG' && stages.size === 0 && images.length === 0) {
      for (const word of rest) {
        const [name = '', ...value] = word.split('=');
        const given = buildArgs[name] ?? expand(unquoted(value.join('=')), globals);
        if (given !== undefined) globals.set(name, given);
      }
    } else if (keyword === 'FROM' && rest[0]) {
      use(rest[0], line);
      stages.add(rest[1]?.toUpperCase() === 'AS' && rest[2] ? rest[2].toLowerCase() : `stage ${line}`);
    } else if (keyword === 'COPY') {
      const from = words.find((word) => word.startsWith('--from='));
      if (from) use(from.slice('--from='.length), line);
    }
  }
  return images;
}

interface Instruction {
  words: string[];
  line: number;
}

function* instructions(dockerfile: string): Generator<Instruction> {
  const lines = dockerfile.replace(/^\ufeff/, '').split(/\r?\n/);
  const continuation = /^#\s*escape\s*=\s*`\s*$/im.test(lines[0] ?? '') ? '`' : '\\';
  for (let at = 0; at < lines.length; at++) {
    const line = at + 1;
    let text = '';
    for (; at < lines.length; at++) {
      const part = lines[at]!;
      if (/^\s*(#|$)/.test(part)) {
        if (text === '') break;
        continue; // a comment or an empty line inside a continued instruction
      }
      const trimmed = part.trimEnd();
      const continued = trimmed.endsWith(continuation);
      text += continued ? `${trimmed.slice(0, -1)} ` : trimmed;
      if (!continued) break;
    }
    if (text.trim() === '') continue;
    for (const [, word] of text.matchAll(/<<-?["']?(\w+)["']?/g)) {
      const end = lines.findIndex((other, index) => index > at && other.trim() === word);
      if (end !== -1) at = end;
    }
    yield { words: text.trim().split(/\s+/), line };
  }
}

function unquoted(text: string): string {
  return (
    /^"(.*)"$|^'(.*)'$/
      .exec(text)
      ?.slice(1)
      .find((part) => part !== undefined) ?? text
  );
}

/** Undefined when it needs an argument that nobody gave. */
function expand(text: string, values: ReadonlyMap<string, string>): string | undefined {
  let known = true;
  const expanded = text.replace(
    /\$(?:(\w+)|\{(\w+)(?:(:?[-+])([^}]*))?\})/g,
    (_, plain, braced, operator, word) => {
      const value = values.get(plain ?? braced);
      const set = value !== undefined && (value !== '' || !operator?.startsWith(':'));
      if (operator?.endsWith('+')) return set ? word : '';
      if (set) return value;
      if (operator) return word;
      known = false;
      return '';
    },
  );
  return known ? expanded : undefined;
}

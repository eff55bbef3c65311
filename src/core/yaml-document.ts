import {
  Composer,
  type Document,
  isAlias,
  isCollection,
  isMap,
  isScalar,
  Lexer,
  LineCounter,
  type Node,
  type Pair,
  Parser,
  visit,
  type YAMLMap,
} from 'yaml';

/** Both count from 1. */
export interface Position {
  line: number;
  column: number;
}

export interface YamlProblem {
  message: string;
  position: Position;
}

/** Keys and indices from the top of a document. */
export type Path = readonly (string | number)[];

/** One YAML document that people edit: its value, and where each part of it stands in the text. */
export interface YamlDocument {
  /** Plain JSON data; undefined when there are problems. */
  value: unknown;
  problems: readonly YamlProblem[];
  /** Where the value at the path begins, or its nearest holder when there is none. */
  position(path: Path): Position;
  /** Where the last key of the path stands. */
  keyPosition(path: Path): Position;
  /** A scalar as it is written, so that `1.10` stays `1.10`. */
  source(path: Path): string | undefined;
}

const maxDepth = 64;
const maxAliases = 50;

/** Parses text of at most some hundred kilobytes; callers limit its size. Never throws: what is wrong is in `problems`. */
export function parseYamlDocument(text: string): YamlDocument {
  const lines = new LineCounter();
  const at = (offset: number): Position => {
    const { line, col } = lines.linePos(offset);
    return { line, column: col };
  };
  const tokens = tokenise(text, lines);
  if (typeof tokens === 'number') {
    const problem = { message: `nested more than ${maxDepth} levels deep`, position: at(tokens) };
    return new ParsedDocument(undefined, [problem], at);
  }
  const composer = new Composer({ uniqueKeys: false, prettyErrors: false, logLevel: 'error' });
  const [document, second] = [...composer.compose(tokens, true, text.length)];
  const problems = syntaxProblems(document!, at);
  if (second) {
    problems.push({ message: 'a second document begins; one is expected', position: at(second.range[0]) });
  }
  if (problems.length === 0) problems.push(...structureProblems(document!, at));
  return new ParsedDocument(document!, problems, at);
}

class ParsedDocument implements YamlDocument {
  readonly value: unknown;
  readonly problems: readonly YamlProblem[];
  readonly #document: Document | undefined;
  readonly #at: (offset: number) => Position;
  readonly #pairs = new WeakMap<YAMLMap, ReadonlyMap<string | undefined, Pair>>();

  constructor(document: Document | undefined, problems: YamlProblem[], at: (offset: number) => Position) {
    this.#document = document;
    this.#at = at;
    this.problems = problems;
    if (!document || problems.length > 0) return;
    try {
      this.value = document.toJS({ maxAliasCount: maxAliases });
    } catch {
      this.problems = [{ message: 'its aliases expand to too much data', position: at(0) }];
    }
  }

  position(path: Path): Position {
    return this.#at(this.#walk(path).node?.range?.[0] ?? 0);
  }

  keyPosition(path: Path): Position {
    const { node, key, complete } = this.#walk(path);
    return this.#at((complete ? (key ?? node) : node)?.range?.[0] ?? 0);
  }

  source(path: Path): string | undefined {
    const { node, complete } = this.#walk(path);
    return complete && isScalar(node) ? (node.source ?? String(node.value)) : undefined;
  }

  #walk(path: Path): { node: Node | null; key: Node | undefined; complete: boolean } {
    let node = this.#resolve(this.#document?.contents ?? null);
    let key: Node | undefined;
    for (const step of path) {
      let next: unknown;
      key = undefined;
      if (isMap(node)) {
        const pair = this.#pairsOf(node).get(String(step));
        key = pair?.key as Node | undefined;
        // A key without a value has none to point at.
        next = pair && (pair.value ?? pair.key);
      } else if (isCollection(node)) {
        next = node.items[Number(step)];
      }
      if (!next) return { node, key, complete: false };
      node = this.#resolve(next as Node);
    }
    return { node, key, complete: true };
  }

  #pairsOf(map: YAMLMap): ReadonlyMap<string | undefined, Pair> {
    let pairs = this.#pairs.get(map);
    if (!pairs) {
      pairs = new Map(map.items.map((pair) => [keyText(pair), pair]));
      this.#pairs.set(map, pairs);
    }
    return pairs;
  }

  #resolve(node: Node | null): Node | null {
    return isAlias(node) ? (node.resolve(this.#document!) ?? null) : node;
  }
}

/** The tokens of a text, or the offset at which it is nested too deep to be composed by recursion. */
function tokenise(text: string, lines: LineCounter) {
  const parser = new Parser(lines.addNewLine);
  lines.addNewLine(0);
  const tokens = [];
  let offset = 0;
  for (const lexeme of new Lexer().lex(text)) {
    tokens.push(...parser.next(lexeme));
    // The parser keeps about two entries a level.
    if (parser.stack.length > 2 * maxDepth) return offset;
    offset += lexeme.length;
  }
  tokens.push(...parser.end());
  return tokens;
}

function syntaxProblems(document: Document, at: (offset: number) => Position): YamlProblem[] {
  const problems = [...document.errors, ...document.warnings].map(({ code, message, pos }) => ({
    // The tag itself is not shown: it may be a password that begins with an exclamation mark.
    message:
      code === 'TAG_RESOLVE_FAILED'
        ? 'this tag (!) means nothing here; put quotes around text that begins with !'
        : message.charAt(0).toLowerCase() + message.slice(1),
    position: at(pos[0]),
  }));
  if (document.directives?.yaml.version !== '1.2' && problems.length === 0) {
    problems.push({ message: 'only YAML 1.2 is read', position: at(0) });
  }
  return problems;
}

/** What the YAML grammar allows and plain data cannot hold. */
function structureProblems(document: Document, at: (offset: number) => Position): YamlProblem[] {
  const problems: YamlProblem[] = [];
  const report = (node: Node, message: string) =>
    problems.push({ message, position: at(node.range?.[0] ?? 0) });
  visit(document, {
    Map(_, map) {
      const seen = new Map<string, Node>();
      for (const pair of map.items) {
        const key = pair.key as Node;
        const text = keyText(pair);
        if (text === undefined) {
          report(key, 'a key must be plain text');
        } else if (text === '__proto__') {
          report(key, 'the key "__proto__" is not allowed');
        } else if (seen.has(text)) {
          report(
            key,
            `the key "${text}" is given twice, first in line ${at(seen.get(text)!.range![0]).line}`,
          );
        } else {
          seen.set(text, key);
        }
      }
    },
    Alias(_, alias, ancestors) {
      const meant = alias.resolve(document);
      if (!meant)
        report(
          alias,
          'this alias (*) stands for nothing before it; put quotes around text that begins with *',
        );
      else if (ancestors.includes(meant)) report(alias, 'this alias (*) is inside what it stands for');
    },
  });
  return problems;
}

function keyText(pair: Pair): string | undefined {
  return isScalar(pair.key) ? (pair.key.source ?? String(pair.key.value)) : undefined;
}

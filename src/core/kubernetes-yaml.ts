import {
  boolYaml11Tag,
  defineScalarTag,
  FAILSAFE_SCHEMA,
  loadAll,
  mergeTag,
  NOT_RESOLVED,
  nullYaml11Tag,
  YAMLException,
} from 'js-yaml';

export interface ReadDocument {
  value: unknown;
  /** Of its first line with content, from 1. */
  line: number;
  text: string;
  /** Of its text, from 1. */
  firstLine: number;
}

export interface ReadProblem {
  message: string;
  /** Both from 1. */
  line: number;
  column: number;
  /** The document with a key that is given twice, and its first line: `repeatedKeys` finds all of them. */
  repeated?: { text: string; line: number };
}

const most = { size: 500_000, depth: 500 };

/**
 * The documents of a text that Kubernetes reads, in the YAML that kubectl reads: `yes` is true, `0644` is octal, a date is text.
 * A document with a problem does not hide those of the others. Empty documents are left out.
 */
export function readKubernetesYaml(text: string): { documents: ReadDocument[]; problems: ReadProblem[] } {
  const documents: ReadDocument[] = [];
  const problems: ReadProblem[] = [];
  for (const part of splitDocuments(text)) {
    try {
      const values = loadAll(part.text, { schema, maxTotalMergeKeys: 10_000 });
      for (const value of values) {
        if (value === null || value === undefined) continue;
        if (part.text.includes('*')) checkAliases(value);
        documents.push({
          value,
          line: part.line + firstContent(part.text),
          text: part.text,
          firstLine: part.line,
        });
      }
    } catch (error) {
      if (!(error instanceof YAMLException)) throw error;
      const { line, column } = error.mark ?? placeOf(error, part.text);
      const place = { line: part.line + line, column: column + 1 };
      const isRepeated = error.reason === 'duplicated mapping key';
      problems.push({ message: reasonOf(error), ...place, ...(isRepeated ? { repeated: part } : {}) });
    }
  }
  return { documents, problems };
}

// Go's number syntax as kubectl's reader takes it: no base 60, `_` between digits, a leading zero means octal.
const numberTag = defineScalarTag('tag:yaml.org,2002:int', {
  implicit: true,
  implicitFirstChars: [...'+-.0123456789'],
  resolve: (source) => {
    const value = parseNumber(source.replaceAll('_', ''));
    if (value === undefined) return NOT_RESOLVED;
    if (
      !Number.isFinite(value) ||
      (Number.isInteger(value) && !Number.isSafeInteger(value) && !/[.eE]/.test(source))
    )
      throw new InexactNumber(source);
    return value;
  },
  identify: () => false,
});

/** What kubectl would keep, and a number of JavaScript does not. */
class InexactNumber extends YAMLException {
  readonly source: string;
  constructor(source: string) {
    super('this number cannot be kept exactly: numbers end at 9007199254740991, in quotes it is text');
    this.source = source;
  }
}

const schema = FAILSAFE_SCHEMA.withTags(nullYaml11Tag, boolYaml11Tag, numberTag, mergeTag);

function parseNumber(text: string): number | undefined {
  const [, sign, digits] = /^([-+]?)(.+)$/.exec(text) ?? [];
  if (digits === undefined) return undefined;
  let value: number | undefined;
  if (/^0[0-7]+$/.test(digits)) value = Number.parseInt(digits, 8);
  else if (/^0[xX][0-9a-fA-F]+$|^0[oO][0-7]+$|^0[bB][01]+$/.test(digits))
    value = Number(digits.toLowerCase());
  else if (/^(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?$/.test(digits)) value = Number(digits);
  return value === undefined ? undefined : sign === '-' ? -value : value;
}

/** Cut before each `---`, which ends even a block scalar; directives stay with the document that follows them. */
function splitDocuments(text: string): { text: string; line: number }[] {
  const parts: { text: string; line: number }[] = [];
  let lines: string[] = [];
  let first = 1;
  let content = false;
  for (const [index, line] of text
    .replace(/^\ufeff/, '')
    .split(/\r?\n/)
    .entries()) {
    if (content && /^---(\s|$)/.test(line)) {
      parts.push({ text: lines.join('\n'), line: first });
      lines = [];
      first = index + 1;
      content = false;
    }
    lines.push(line);
    content ||= !/^\s*(#|$)|^%|^---\s*(#|$)/.test(line);
  }
  if (content) parts.push({ text: lines.join('\n'), line: first });
  return parts;
}

/** Without the words that it is about: they may be a secret that somebody forgot to quote. */
function reasonOf({ reason }: YAMLException): string {
  if (/^(unidentified|recursive) alias/.test(reason))
    return 'a value that begins with * stands for an anchor, and there is none of this name: in quotes it is text';
  if (/\btag\b/.test(reason))
    return 'a value that begins with ! is a tag, and none that is known: in quotes it is text';
  return reason;
}

/** Where a problem is that the reader gives no place for. */
function placeOf(error: YAMLException, text: string): { line: number; column: number } {
  const lines = text.split('\n');
  const { source } = error as Partial<InexactNumber>;
  const line = source === undefined ? -1 : lines.findIndex((one) => one.includes(source));
  return line < 0 ? { line: firstContent(text), column: 0 } : { line, column: lines[line]!.indexOf(source!) };
}

/** Lines before the first that is more than a comment or a marker. */
function firstContent(text: string): number {
  return Math.max(
    0,
    text.split('\n').findIndex((line) => !/^\s*(#|$)|^%|^---\s*(#|$)/.test(line)),
  );
}

/** Throws for more data than a cluster could take once its aliases are written out. */
function checkAliases(value: unknown): void {
  const size = sizeOf(value, most.size, 0);
  if (size > most.size) throw new YAMLException('aliases expand to too much data');
}

/** Nodes with aliases written out, each long text as several; or some number above the limit. */
function sizeOf(value: unknown, limit: number, depth: number): number {
  if (depth > most.depth) throw new YAMLException('nested too deeply, or an anchor contains itself');
  if (typeof value === 'string') return 1 + value.length / 100;
  if (typeof value !== 'object' || value === null) return 1;
  let size = 1;
  for (const child of Object.values(value)) {
    size += sizeOf(child, limit - size, depth + 1);
    if (size > limit) break;
  }
  return size;
}

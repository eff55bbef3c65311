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

const maxNodes = 500_000;

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
        if (part.text.includes('*') && countNodes(value, maxNodes) > maxNodes) {
          throw new YAMLException('aliases expand to too much data');
        }
        documents.push({
          value,
          line: part.line + firstContent(part.text),
          text: part.text,
          firstLine: part.line,
        });
      }
    } catch (error) {
      if (!(error instanceof YAMLException)) throw error;
      const { line, column } = error.mark ?? { line: firstContent(part.text), column: 0 };
      const place = { line: part.line + line, column: column + 1 };
      const isRepeated = error.reason === 'duplicated mapping key';
      problems.push({ message: error.reason, ...place, ...(isRepeated ? { repeated: part } : {}) });
    }
  }
  return { documents, problems };
}

// Go's number syntax as kubectl's reader takes it: no base 60, `_` between digits, a leading zero means octal.
const numberTag = defineScalarTag('tag:yaml.org,2002:int', {
  implicit: true,
  implicitFirstChars: [...'+-.0123456789'],
  resolve: (source) => parseNumber(source.replaceAll('_', '')) ?? NOT_RESOLVED,
  identify: () => false,
});

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

/** Lines before the first that is more than a comment or a marker. */
function firstContent(text: string): number {
  return Math.max(
    0,
    text.split('\n').findIndex((line) => !/^\s*(#|$)|^%|^---\s*(#|$)/.test(line)),
  );
}

/** Nodes with aliases written out, or some number above the limit. */
function countNodes(value: unknown, limit: number): number {
  if (typeof value !== 'object' || value === null) return 1;
  let count = 1;
  for (const child of Object.values(value)) {
    count += countNodes(child, limit - count);
    if (count > limit) break;
  }
  return count;
}

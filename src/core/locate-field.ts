import type { Manifest } from './kubernetes-object.ts';
import { type Path, type Position, parseYamlDocument, type YamlDocument } from './yaml-document.ts';

/**
 * Where a field of a manifest stands in its file: its key, or the item of a list; the nearest thing around it where it is not there.
 * Parses the manifest's document at the first question, so it is asked for problems only.
 */
export function locateField({ source, line }: Manifest, path: Path): Position {
  if (!source) return { line, column: 1 };
  const document = parsed(source.text);
  if (document.problems.length > 0) return { line, column: 1 };
  const position = document.keyPosition(existing(document, [...source.path, ...path]));
  return { line: position.line + source.firstLine - 1, column: position.column };
}

let last: { text: string; document: YamlDocument } | undefined;

/** Questions come object by object, so the last document is worth keeping. */
function parsed(text: string): YamlDocument {
  if (last?.text !== text) last = { text, document: parseYamlDocument(text) };
  return last.document;
}

/** The path as far as the document has it. */
function existing(document: YamlDocument, path: Path): Path {
  let value = document.value;
  for (const [index, step] of path.entries()) {
    const holds = typeof value === 'object' && value !== null && Object.hasOwn(value, step);
    if (!holds) return path.slice(0, index);
    value = (value as Record<string | number, unknown>)[step];
  }
  return path;
}

import { ExpectedError } from './errors.ts';

/** `E_MANIFEST` (3): every problem of every manifest, a line each that begins with its place, in the order of files and lines. */
export function badManifests(problems: readonly string[], hints: readonly string[] = []): ExpectedError {
  return new ExpectedError({
    code: 'E_MANIFEST',
    exit: 'validation',
    message:
      problems.length === 1 ? 'a manifest is not valid' : `the manifests have ${problems.length} problems`,
    why: [...problems].sort(byPlace),
    hints,
  });
}

function byPlace(a: string, b: string): number {
  const [left, right] = [placeOf(a), placeOf(b)];
  if (left.file !== right.file) return left.file < right.file ? -1 : 1;
  return left.line - right.line;
}

/** What begins with no place comes first, as it is. */
function placeOf(problem: string): { file: string; line: number } {
  const [, file = '', line = '0'] = /^(.*?):(\d+)[: ]/.exec(problem) ?? [];
  return { file, line: Number(line) };
}

/** What is wrong in a file of manifests; line and column count from 1, as far as they are known. */
export interface ManifestProblem {
  file: string;
  line?: number;
  column?: number;
  message: string;
}

/** `file:line:column message`. */
export function problemLine({ file, line, column, message }: ManifestProblem): string {
  if (line === undefined) return `${file}: ${message}`;
  return `${file}:${line}${column === undefined ? '' : `:${column}`} ${message}`;
}

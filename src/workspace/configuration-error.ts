import { relative } from 'node:path';
import { ExpectedError } from '../core/errors.ts';
import type { Problem } from './configuration.ts';

/** `E_CONFIG` with a line `file:line:column  message` for every problem; files are relative to `cwd`. */
export function configurationError(problems: readonly Problem[], cwd: string): ExpectedError {
  const listed = [...problems].sort(byPlace).map(({ file, position, message }) => ({
    file: relative(cwd, file),
    ...position,
    message,
  }));
  return new ExpectedError({
    code: 'E_CONFIG',
    exit: 'validation',
    message: `${listed.length} ${listed.length === 1 ? 'problem' : 'problems'} in the configuration`,
    why: listed.map(({ file, line, column, message }) => `${file}:${line}:${column}  ${message}`),
    data: { problems: listed },
  });
}

/** `cloudnative.yaml` comes before the files of its services. */
function byPlace(a: Problem, b: Problem): number {
  const depth = (file: string) => file.split(/[\\/]/).length;
  return (
    depth(a.file) - depth(b.file) ||
    (a.file < b.file ? -1 : Number(a.file > b.file)) ||
    a.position.line - b.position.line ||
    a.position.column - b.position.column
  );
}

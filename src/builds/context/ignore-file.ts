import { posix } from 'node:path';
import { ExpectedError } from '../../core/errors.ts';
import { compileGlob, type Glob } from './glob.ts';

export interface IgnorePattern {
  /** The cleaned pattern, without the `!`. */
  text: string;
  /** It began with `!`: what it matches is sent after all. */
  exception: boolean;
  matches: Glob;
}

/** The patterns of a `.dockerignore` in order, read as Docker reads them. `file` names it in errors. */
export function parseIgnoreFile(text: string, file: string): IgnorePattern[] {
  const lines = text.replace(/^\ufeff/, '').split('\n');
  return lines.flatMap((line, index) => {
    const pattern = cleaned(line.replace(/\r$/, ''));
    if (pattern === undefined) return [];
    const exception = pattern.startsWith('!');
    const glob = exception ? pattern.slice(1) : pattern;
    const matches = glob === '' ? undefined : compileGlob(glob);
    if (!matches) throw badPattern(line, `${file}:${index + 1}`);
    return { text: glob, exception, matches };
  });
}

/** Go's idea of white space, which differs from JavaScript's in U+0085 and U+FEFF. */
const space = '[\\t-\\r \\u0085\\u00a0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000]+';
const ends = new RegExp(`^${space}|${space}$`, 'g');
const trim = (text: string) => text.replace(ends, '');

/** Undefined for a comment or an empty line. The order of the steps is Docker's and can be observed. */
function cleaned(line: string): string | undefined {
  if (line.startsWith('#')) return undefined;
  let pattern = trim(line);
  if (pattern === '') return undefined;
  const exception = pattern.startsWith('!');
  if (exception) pattern = trim(pattern.slice(1));
  if (pattern !== '') pattern = clean(pattern);
  if (pattern.length > 1 && pattern.startsWith('/')) pattern = pattern.slice(1);
  return clean(trim(exception ? `!${pattern}` : pattern));
}

function clean(path: string): string {
  const normal = posix.normalize(path);
  return normal.length > 1 && normal.endsWith('/') ? normal.slice(0, -1) : normal;
}

function badPattern(line: string, where: string): ExpectedError {
  return new ExpectedError({
    code: 'E_IGNORE_PATTERN',
    exit: 'validation',
    message: 'a pattern of the ignore file has no meaning',
    where,
    why: `docker refuses ${JSON.stringify(line.trim())} too`,
    hints: ['close every [ with a ], and write a path after each !'],
  });
}

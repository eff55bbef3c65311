import { readFileSync, statSync } from 'node:fs';
import { parseEnv } from 'node:util';
import { ExpectedError } from '../core/errors.ts';

/** The variables of a `.env` file; undefined when there is no such file. Throws E_DOTENV (4). */
export function readDotenv(path: string): Readonly<Record<string, string>> | undefined {
  try {
    // Opens files only: a pipe would never end.
    if (!statSync(path).isFile()) throw new Error('it is no file');
    return parseEnv(readFileSync(path, 'utf8')) as Record<string, string>;
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return undefined;
    throw new ExpectedError({
      code: 'E_DOTENV',
      exit: 'notFound',
      message: 'a .env file cannot be read',
      where: path,
      why: message,
      cause: error,
    });
  }
}

export interface Variables {
  values: Readonly<Record<string, string>>;
  missing: readonly string[];
}

/** Looks variables up in `.env` files; the first file that has one wins. Reads nothing when nothing is asked for. */
export function readVariables(names: readonly string[], files: readonly string[]): Variables {
  const sources = names.length > 0 ? files.map((file) => readDotenv(file) ?? {}) : [];
  const values: Record<string, string> = {};
  const missing: string[] = [];
  for (const name of names) {
    const value = sources.find((source) => Object.hasOwn(source, name))?.[name];
    if (value === undefined) missing.push(name);
    else values[name] = value;
  }
  return { values, missing };
}

import { readFileSync } from 'node:fs';
import { parseEnv } from 'node:util';
import { ExpectedError } from '../core/errors.ts';

/** The variables of a `.env` file; undefined when there is no such file. Throws E_DOTENV (4). */
export function readDotenv(path: string): Readonly<Record<string, string>> | undefined {
  try {
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

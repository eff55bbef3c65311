import { createHmac } from 'node:crypto';
import { readDotenv } from '../../system/dotenv.ts';

export interface Secrets {
  values: Readonly<Record<string, string>>;
  missing: readonly string[];
}

/** Looks the variables up in the `.env` files; the first file that has one wins. */
export function readSecrets(variables: readonly string[], files: readonly string[]): Secrets {
  const sources = variables.length > 0 ? files.map((file) => readDotenv(file) ?? {}) : [];
  const values: Record<string, string> = {};
  const missing: string[] = [];
  for (const variable of variables) {
    const value = sources.find((source) => Object.hasOwn(source, variable))?.[variable];
    if (value === undefined) missing.push(variable);
    else values[variable] = value;
  }
  return { values, missing };
}

/** Tells that a value has changed without telling the value. */
export function secretHash(value: string, salt: string): string {
  return createHmac('sha256', salt).update(value).digest('hex').slice(0, 32);
}

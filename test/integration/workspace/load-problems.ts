import { expect } from 'vitest';
import { ExpectedError } from '../../../src/core/errors.ts';
import { loadWorkspace } from '../../../src/workspace/load.ts';

/** The lines of `E_CONFIG`. */
export async function problems(cwd: string): Promise<readonly string[]> {
  const { code, exit, why } = await explanation(cwd);
  expect({ code, exit }).toEqual({ code: 'E_CONFIG', exit: 'validation' });
  return why as readonly string[];
}

export async function explanation(cwd: string) {
  const error = await loadWorkspace(cwd).catch((reason: unknown) => reason);
  if (!(error instanceof ExpectedError)) throw error;
  return error.explanation;
}

import { Cancelled, ExpectedError } from '../../core/errors.ts';

/** Whether a question can be asked: both ends are a terminal and nobody said that no person is there. */
export function canAsk(): boolean {
  return Boolean(process.stdin.isTTY && process.stderr.isTTY) && !process.env.CI;
}

/** Yes or no on stderr. Throws E_CONSENT (2) where nobody can answer, Cancelled (130) when the answer is no. */
export async function confirm(question: string, what: string, signal: AbortSignal): Promise<void> {
  if (!canAsk())
    throw new ExpectedError({
      code: 'E_CONSENT',
      exit: 'usage',
      message: 'this needs your consent, and there is no terminal to ask on',
      why: what,
      hints: ['add --yes to agree'],
    });
  const { yes } = await ask<{ yes: boolean }>(
    [{ type: 'confirm', name: 'yes', message: question, default: false }],
    signal,
  );
  if (!yes) throw new Cancelled('nothing was changed');
}

export interface Question {
  type: 'confirm' | 'input' | 'select';
  name: string;
  message: string;
  default?: unknown;
  choices?: readonly { name: string; value: string }[];
  validate?: (answer: string) => true | string;
}

export async function ask<T>(questions: readonly Question[], signal: AbortSignal): Promise<T> {
  const { createPromptModule } = (await import('inquirer')).default;
  const prompt = createPromptModule({ output: process.stderr, signal });
  try {
    return (await prompt(questions as never)) as T;
  } catch (error) {
    if (error instanceof Error && /Prompt/.test(error.name)) throw new Cancelled('interrupted');
    throw error;
  }
}

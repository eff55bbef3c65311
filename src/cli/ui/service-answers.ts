import { ExpectedError } from '../../core/errors.ts';
import { nameProblem } from '../../core/names.ts';
import type { Language } from '../../workspace/model.ts';
import type { NewFlags } from '../commands/new.ts';
import { ask, canAsk, type Question } from './prompts.ts';

export interface ServiceAnswers {
  name: string;
  language: Language;
  calls: readonly string[];
}

/** What `new` needs to know: from the arguments, else asked on a terminal, else the default or a usage error. */
export async function serviceAnswers(
  name: string | undefined,
  flags: NewFlags,
  signal: AbortSignal,
): Promise<ServiceAnswers> {
  const wrong = name !== undefined && nameProblem('dns1035Label', name) !== undefined;
  const questions: Question[] = [];
  if (name === undefined) questions.push(nameQuestion);
  if (flags.lang === undefined && !wrong) questions.push(languageQuestion);
  const asked =
    questions.length > 0 && canAsk() ? await ask<{ name?: string; lang?: Language }>(questions, signal) : {};
  const answered = name ?? asked.name;
  if (answered === undefined) throw nameMissing();
  return {
    name: answered,
    language: flags.lang ?? asked.lang ?? 'ts',
    calls: (flags.calls ?? '')
      .split(',')
      .map((call) => call.trim())
      .filter(Boolean),
  };
}

const nameQuestion: Question = {
  type: 'input',
  name: 'name',
  message: 'Name of the service',
  validate: (answer) => nameProblem('dns1035Label', answer) ?? true,
};

const languageQuestion: Question = {
  type: 'select',
  name: 'lang',
  message: 'Language',
  default: 'ts',
  choices: [
    { name: 'TypeScript', value: 'ts' },
    { name: 'Go', value: 'go' },
    { name: 'Python', value: 'python' },
  ],
};

function nameMissing(): ExpectedError {
  return new ExpectedError({
    code: 'E_USAGE',
    exit: 'usage',
    message: 'new needs the name of the service',
    hints: ['cloudnative new orders'],
  });
}

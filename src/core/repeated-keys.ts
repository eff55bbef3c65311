import type { ReadProblem } from './kubernetes-yaml.ts';
import { parseYamlDocument } from './yaml-document.ts';

/** The problems with every key that is given twice, where the reader ends at a document's first. */
export function repeatedKeys(problems: readonly ReadProblem[]): ReadProblem[] {
  return problems.flatMap(({ repeated, ...problem }) => {
    const all = repeated ? keysIn(repeated) : [];
    return all.length > 0 ? all : [problem];
  });
}

function keysIn({ text, line }: NonNullable<ReadProblem['repeated']>): ReadProblem[] {
  const { problems } = parseYamlDocument('\n'.repeat(line - 1) + text);
  return problems
    .filter(({ message }) => message.includes('given twice'))
    .map(({ message, position }) => ({ message, ...position }));
}

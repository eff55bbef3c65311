import { ExpectedError } from '../core/errors.ts';
import { nameProblem, suggestLabel } from '../core/names.ts';

/** Throws `E_NAME` (2) unless the name is a DNS-1035 label; `hint` makes the command for a valid name like it. */
export function checkName(
  kind: 'service' | 'workspace',
  name: string,
  hint: (valid: string | undefined) => string,
): void {
  const problem = nameProblem('dns1035Label', name);
  if (problem === undefined) return;
  throw new ExpectedError({
    code: 'E_NAME',
    exit: 'usage',
    message: `${JSON.stringify(name)} cannot be the name of a ${kind}`,
    why: problem,
    hints: [hint(suggestLabel(name))],
  });
}

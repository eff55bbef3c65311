import type { ExpectedError, Explanation } from '../../../../src/core/errors.ts';

/** What the work is refused with; an error of its own where it succeeds. */
export function explained(work: Promise<unknown>): Promise<Explanation> {
  return work.then(
    () => {
      throw new Error('it succeeded');
    },
    (error: ExpectedError) => error.explanation,
  );
}

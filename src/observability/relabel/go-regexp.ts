import { ExpectedError } from '../../core/errors.ts';
import { Parser } from './parse-regexp.ts';

/** A regular expression of Go, as Prometheus compiles it: it has to match all of the text. */
export interface GoRegexp {
  regexp: RegExp;
  /** Number of the group with each name. */
  names: ReadonlyMap<string, number>;
  /**
   * A group that is repeated may be left out of the last round: Go then keeps what it held before, JavaScript forgets it. Whether
   * the text matches is the same.
   */
  forgetful: boolean;
}

/** Throws E_REGEX (3) for what Go does not take, and for what JavaScript cannot say. */
export function compileGoRegexp(text: string): GoRegexp {
  const parser = new Parser(`^(?s:${text})$`);
  try {
    const { source } = parser.parse();
    return { regexp: new RegExp(source, 'u'), names: parser.names, forgetful: parser.forgetful };
  } catch (error) {
    throw new ExpectedError({
      code: 'E_REGEX',
      exit: 'validation',
      message: `the regular expression ${JSON.stringify(text)} cannot be used`,
      why: (error as Error).message,
    });
  }
}

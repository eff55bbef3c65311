import type { Path } from '../core/yaml-document.ts';

/** `error`: the API server refuses it, or it can never work. `warning`: it is accepted, and hardly meant. `note`: not judged. */
export type Severity = 'error' | 'warning' | 'note';

/** What is wrong with one object, at one of its fields. */
export interface Finding {
  severity: Severity;
  /** Stable, e.g. `unknown-field`. */
  rule: string;
  path: Path;
  /** Ends the sentence that the field begins: `is missing`. Never holds a value of a Secret or of an environment variable. */
  message: string;
}

/** Takes findings; a severity that is left out is an error. */
export type Tell = (finding: Omit<Finding, 'severity'> & { severity?: Severity }) => void;

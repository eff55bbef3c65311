import type { ExitKind } from '../core/exit-codes.ts';
import type { Ui } from './ui/ui.ts';

/** What one run of the program has: where to speak, and when to stop. */
export interface Invocation {
  ui: Ui;
  signal: AbortSignal;
  /** Ends with another code than 0, although nothing failed. */
  endWith: (exit: ExitKind) => void;
}

import type { ExitKind } from './exit-codes.ts';

/** What a person reads when something expected goes wrong: what, where, why, what to try. */
export interface Explanation {
  /** Stable, e.g. `E_PORT_TAKEN`. */
  code: string;
  exit: ExitKind;
  /** What failed, in one line, without a full stop. */
  message: string;
  where?: string;
  /** One line, or several (the end of a log, a list of problems). */
  why?: string | readonly string[];
  /** Each a command or an instruction. */
  hints?: readonly string[];
  /** What is known all the same, for `-o json`. */
  data?: unknown;
  cause?: unknown;
}

/** An expected failure: printed in four lines, never with a stack. */
export class ExpectedError extends Error {
  readonly explanation: Explanation;

  constructor(explanation: Explanation) {
    super(explanation.message, { cause: explanation.cause });
    this.name = 'ExpectedError';
    this.explanation = explanation;
  }
}

/** The user said no, or pressed Ctrl-C: shown softly, exit 130 (143 for SIGTERM). */
export class Cancelled extends Error {
  readonly exit: ExitKind;
  /** What it leaves behind, and how to go on. */
  readonly left?: Pick<Explanation, 'why' | 'hints'>;

  constructor(message: string, exit: ExitKind = 'interrupted', left?: Cancelled['left']) {
    super(message);
    this.name = 'Cancelled';
    this.exit = exit;
    this.left = left;
  }
}

/** Throws the signal's reason when it has been aborted; call it between steps. */
export function throwIfAborted(signal: AbortSignal): void {
  if (signal.aborted) throw signal.reason instanceof Error ? signal.reason : new Cancelled('interrupted');
}

import type { Verdict } from '../core/readiness.ts';

export const ready = (reason: string): Verdict => ({ readiness: 'ready', reason });
export const progressing = (reason: string): Verdict => ({ readiness: 'progressing', reason });
export const failed = (reason: string): Verdict => ({ readiness: 'failed', reason });

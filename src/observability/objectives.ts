import type { Objectives } from '../workspace/model.ts';

/** What a service is held to. */
export interface Target {
  /** Percent. */
  availability: number;
  /** The part of requests that may fail. */
  budget: number;
  latency: { percentile: 50 | 95 | 99; seconds: number };
  /** What of this its file does not say. */
  defaults: readonly ('availability' | 'latency')[];
}

/** Days that a budget is for. */
export const budgetDays = 30;

/** The objectives as stated, and for the rest what most services can keep. */
export function targetOf({ availability, latency }: Objectives = {}): Target {
  const percent = availability ?? 99.9;
  return {
    availability: percent,
    // Subtraction leaves traces of binary fractions, such as 0.09999999999999432.
    budget: Number(((100 - percent) / 100).toPrecision(12)),
    latency: latency ?? { percentile: 99, seconds: 0.5 },
    defaults: [
      ...(availability === undefined ? (['availability'] as const) : []),
      ...(latency === undefined ? (['latency'] as const) : []),
    ],
  };
}

/** `p99 300ms`. */
export function latencyText({ percentile, seconds }: Target['latency']): string {
  const time = seconds < 1 ? `${Math.round(seconds * 1000)}ms` : `${seconds}s`;
  return `p${percentile} ${time}`;
}

/** A part of one as a percentage without traces of binary fractions: `0.1%`. */
export function percent(part: number): string {
  return `${Number((part * 100).toPrecision(12))}%`;
}

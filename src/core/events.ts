import type { Action } from './change.ts';

/** What the program tells while it works; only `cli/ui` turns an event into text. Durations are milliseconds. */
export type Event =
  | { type: 'heading'; app: string; environment: string; place: string; subjects: readonly string[] }
  | { type: 'started'; subject: string; step: 'build' | 'push' | 'wait' | 'remove' | 'apply'; detail: string }
  | { type: 'built'; service: string; detail: string; ms: number; skipped: boolean }
  | { type: 'pushed'; service: string; detail: string; ms: number; skipped: boolean }
  | { type: 'applied'; resource: string; action: Action; ms: number }
  | { type: 'ready'; resource: string; detail: string; ms: number }
  | { type: 'waiting'; resource: string; reason: string; ms: number }
  | { type: 'failed'; resource: string; ms: number }
  | { type: 'removed'; resource: string; ms: number }
  | { type: 'kept'; resource: string; reason: string }
  | { type: 'planned'; create: number; update: number; remove: number }
  | { type: 'forwarding'; service: string; to: string }
  | { type: 'wrote'; path: string; detail: string }
  | { type: 'warning'; message: string };

export type Emit = (event: Event) => void;

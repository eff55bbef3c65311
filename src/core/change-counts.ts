import type { Change, Plan } from './change.ts';

export interface ChangeCounts {
  create: number;
  /** Updates and replacements. */
  update: number;
  remove: number;
  none: number;
}

export function countChanges(plan: Plan): ChangeCounts {
  const counts = { create: 0, update: 0, remove: 0, none: 0 };
  for (const { action } of shownChanges(plan)) counts[action === 'replace' ? 'update' : action]++;
  return counts;
}

export function isUnchanged(plan: Plan): boolean {
  return plan.changes.every(({ action }) => action === 'none');
}

/** Nothing of the app itself would change; the place's own notes may. */
export function leavesAppAlone(plan: Plan): boolean {
  return plan.changes.every(({ action, bookkeeping }) => action === 'none' || bookkeeping);
}

/** The changes that people are told of, in a command's result. */
export function summariseChanges(plan: Plan): Pick<Change, 'id' | 'action' | 'service'>[] {
  return shownChanges(plan).map(({ id, action, service }) => ({ id, action, service }));
}

/** What people are told of: the place's own notes only where nothing else changes, so that no write is a secret. */
export function shownChanges({ changes }: Plan): readonly Change[] {
  const own = changes.filter(({ bookkeeping }) => !bookkeeping);
  if (own.every(({ action }) => action === 'none')) return changes;
  const shown = new Set(own.map(({ id }) => id));
  // Who reads the order must find every id that it names.
  return own.map((change) => ({ ...change, after: change.after.filter((id) => shown.has(id)) }));
}

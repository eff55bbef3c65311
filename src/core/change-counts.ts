import type { Plan } from './change.ts';

export interface ChangeCounts {
  create: number;
  /** Updates and replacements. */
  update: number;
  remove: number;
  none: number;
}

export function countChanges(plan: Plan): ChangeCounts {
  const counts = { create: 0, update: 0, remove: 0, none: 0 };
  for (const { action } of plan.changes) counts[action === 'replace' ? 'update' : action]++;
  return counts;
}

export function isUnchanged(plan: Plan): boolean {
  return plan.changes.every(({ action }) => action === 'none');
}

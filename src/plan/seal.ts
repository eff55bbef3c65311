import { createHmac } from 'node:crypto';
import type { Basis } from '../core/basis.ts';
import { canonicalJson } from '../core/canonical-json.ts';
import type { Plan } from '../core/change.ts';
import { shownChanges } from '../core/change-counts.ts';
import type { SealedChange } from './saved-plan.ts';

/** The changes that people are told of, each with hashes of what it was computed from instead of what applying it needs. */
export function seal(plan: Plan, basis: Basis, salt: string): SealedChange[] {
  return shownChanges(plan).map(({ desired: _, ...change }): SealedChange => {
    const known = basis.changes.get(change.id);
    if (!known) return change;
    const { uid, wanted, found } = known;
    const hash = (part: string, value: unknown) => hashOf([part, change.id, value], salt);
    return {
      ...change,
      basis: {
        ...(uid === undefined ? {} : { uid }),
        wanted: hash('wanted', wanted),
        ...(found === undefined ? {} : { found: hash('found', found) }),
      },
    };
  });
}

function hashOf(value: unknown, salt: string): string {
  return createHmac('sha256', Buffer.from(salt, 'hex')).update(canonicalJson(value)).digest('hex');
}

import { ExpectedError } from '../../../core/errors.ts';
import { nearest } from '../../../core/suggest.ts';

/** What a person has agreed to beyond the usual, by `Kind/name`. */
export interface Allowed {
  /** Take fields of other managers. */
  forceConflicts: readonly string[];
  /** Delete and make anew where a field is fixed. */
  replace: readonly string[];
  /** Ask the server about what would be created, before anything is written. */
  preflight: boolean;
}

export const usual: Allowed = { forceConflicts: [], replace: [], preflight: true };

export function isAllowed(ids: readonly string[], id: string): boolean {
  return ids.some((one) => one.toLowerCase() === id.toLowerCase());
}

/** Throws E_NOT_FOUND (2) for what no manifest has: it would be agreed to without effect. */
export function assertKnown(named: readonly string[], ids: readonly string[]): void {
  const strange = named.filter((id) => !isAllowed(ids, id));
  if (strange.length === 0) return;
  const meant = nearest(strange[0]!, ids);
  throw new ExpectedError({
    code: 'E_NOT_FOUND',
    exit: 'usage',
    message: `the manifests have no ${strange.join(', ')}`,
    hints: meant
      ? [`did you mean ${meant}?`]
      : ['objects are named as plan names them, e.g. Deployment/orders'],
  });
}

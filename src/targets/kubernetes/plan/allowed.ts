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

import type { Change } from '../core/change.ts';

export const planFormat = 'cloudnative-plan';

/**
 * A plan in a file, to be carried out later: what `plan -o json` shows, and hashes of what it was computed from. It holds neither objects
 * nor values of secrets. What a deploy applies is computed anew, so a file that someone has changed can only be refused.
 */
export interface SavedPlan extends Sealed {
  format: typeof planFormat;
  version: 1;
  app: string;
  environment: string;
  /** In words. */
  place: string;
  made: { /** RFC 3339. */ at: string; by: string };
  asked: PlanRequest;
  /** Of all hashes in it: hex. */
  salt: string;
  warnings?: readonly string[];
}

/** What a plan is computed from, in hashes. */
export interface Sealed {
  /** See `Basis`. */
  placeId?: string;
  /** By service: the reference of its image, or the digest of its build. */
  artifacts: Readonly<Record<string, string>>;
  changes: readonly SealedChange[];
}

export interface SealedChange extends Omit<Change, 'desired'> {
  /** Absent for bookkeeping. */
  basis?: SealedBasis;
}

/** `wanted` and `found` are hashes, in hex. */
export interface SealedBasis {
  uid?: string;
  wanted: string;
  found?: string;
}

/** The part of a command line that a plan depends on. */
export interface PlanRequest {
  /** Named ones; empty for all. */
  services: readonly string[];
  environment?: string;
  /** As it was given: relative to where the command runs. */
  manifests?: string;
  recursive?: boolean;
  app?: string;
  namespace?: string;
  context?: string;
  forceConflicts: readonly string[];
  replace: readonly string[];
  pruneKind: readonly string[];
  pullSecret: boolean;
}

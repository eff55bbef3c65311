import type { ChangeCounts } from './change-counts.ts';

/** The record of an applied plan. */
export interface Release {
  /** Counts from 1; never given twice. */
  number: number;
  /** RFC 3339, when it began. */
  at: string;
  /** E.g. `ada@laptop`. */
  who: string;
  cause: ReleaseCause;
  /** `pending` until its run has ended, and for ever where that was killed. */
  result: 'pending' | 'deployed' | 'failed';
  /** Why it failed. */
  reason?: string;
  /** A signal ended its run. */
  interrupted?: true;
  /** Milliseconds that it took. */
  ms?: number;
  changes: ChangeCounts;
  /** The services that it was made for. */
  services: readonly string[];
  /** Of all services that it holds, also of those that it left as they were; by digest. */
  images: readonly { service: string; image: string }[];
}

/** One whose summary cannot be read: of it the number is left. */
export interface DamagedRelease {
  number: number;
  result: 'damaged';
  /** What is wrong with it. */
  reason: string;
}

export type ReleaseCause = { action: 'deploy' } | { action: 'destroy' } | { action: 'rollback'; to: number };

/** `superseded`: deployed, and another since. `interrupted`: its run was stopped or killed. */
export type ReleaseState = 'live' | 'superseded' | 'failed' | 'pending' | 'interrupted' | 'damaged';

/**
 * The last one that went well: what the place shall hold. `releases` are newest first. Undefined also where a damaged one may have been
 * that.
 */
export function liveRelease<R extends Release>(releases: readonly (R | DamagedRelease)[]): R | undefined {
  const last = lastIn(releases);
  return last?.result === 'damaged' ? undefined : last;
}

/** The damaged one that may be live. */
export function damagedLive(releases: readonly (Release | DamagedRelease)[]): DamagedRelease | undefined {
  const last = lastIn(releases);
  return last?.result === 'damaged' ? last : undefined;
}

export function isSound<R extends Release>(release: R | DamagedRelease): release is R {
  return release.result !== 'damaged';
}

function lastIn<R extends Release>(
  releases: readonly (R | DamagedRelease)[],
): R | DamagedRelease | undefined {
  return releases.find(({ result }) => result === 'deployed' || result === 'damaged');
}

/** What has become of each, in the order given, newest first. Only the newest can still be under way. */
export function releaseStates(releases: readonly (Release | DamagedRelease)[]): ReleaseState[] {
  const live = liveRelease(releases);
  return releases.map((release, index) => {
    if (release.result === 'deployed') return release === live ? 'live' : 'superseded';
    if (release.result === 'damaged') return 'damaged';
    if (release.result === 'failed') return release.interrupted ? 'interrupted' : 'failed';
    return index === 0 ? 'pending' : 'interrupted';
  });
}

/** `deploy`, `rollback to 3`. */
export function causeText(cause: ReleaseCause): string {
  return cause.action === 'rollback' ? `rollback to ${cause.to}` : cause.action;
}

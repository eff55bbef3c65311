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

export type ReleaseCause = { action: 'deploy' } | { action: 'destroy' } | { action: 'rollback'; to: number };

/** `superseded`: deployed, and another since. `interrupted`: its run was stopped or killed. */
export type ReleaseState = 'live' | 'superseded' | 'failed' | 'pending' | 'interrupted';

/** The last one that went well: what the place shall hold. `releases` are newest first. */
export function liveRelease(releases: readonly Release[]): Release | undefined {
  return releases.find(({ result }) => result === 'deployed');
}

/** What has become of each, in the order given, newest first. Only the newest can still be under way. */
export function releaseStates(releases: readonly Release[]): ReleaseState[] {
  const live = liveRelease(releases);
  return releases.map((release, index) => {
    if (release.result === 'deployed') return release === live ? 'live' : 'superseded';
    if (release.result === 'failed') return release.interrupted ? 'interrupted' : 'failed';
    return index === 0 ? 'pending' : 'interrupted';
  });
}

/** `deploy`, `rollback to 3`. */
export function causeText(cause: ReleaseCause): string {
  return cause.action === 'rollback' ? `rollback to ${cause.to}` : cause.action;
}

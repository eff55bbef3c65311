import type { Plan } from '../core/change.ts';
import type { DamagedRelease, Release } from '../core/release.ts';
import type { Service } from '../workspace/model.ts';

/** What is about to be applied. Of services that it is not for, a release holds what the live one gave them. */
export interface ReleaseDraft {
  plan: Plan;
  who: string;
  cause:
    | { action: 'deploy'; services: readonly Pick<Service, 'name' | 'calls'>[] }
    | { action: 'destroy'; services: readonly string[] }
    | { action: 'rollback'; to: number };
}

export interface Outcome {
  result: 'deployed' | 'failed';
  reason?: string;
  interrupted?: true;
  ms?: number;
}

/** The releases of one app in one environment, kept in the place itself. What writes is called under the target's lock. */
export interface Records {
  /** Newest first. Throws E_RELEASE_VERSION (4) for one that a newer program wrote. */
  list(): Promise<readonly (Release | DamagedRelease)[]>;
  /**
   * Writes a release, still pending, with the next number, before anything of its plan is applied. Throws E_RELEASE_DAMAGED (4) where it
   * holds what another one gave, and that cannot be read.
   */
  open(draft: ReleaseDraft): Promise<Release>;
  /** Writes how it ended, and drops the oldest. */
  close(release: Release, outcome: Outcome): Promise<void>;
  /** Whether a release gives the draft's services exactly what its plan does, or the app what the release does that it goes back to. */
  matches(release: Release, draft: Pick<ReleaseDraft, 'plan' | 'cause'>): Promise<boolean>;
  /** Reads only. What makes everything as that release gave it, and removes what came after it. */
  planRollback(to: number): Promise<Plan>;
  /** Reads only. The removal of what this run has created of a plan, and of nothing else. */
  planUndo(plan: Plan): Promise<Plan>;
}

import type { Change, Plan } from '../../../core/change.ts';
import type { KubernetesObject } from '../../../core/kubernetes-object.ts';
import type { Records } from '../../records.ts';
import type { Cluster } from '../cluster.ts';
import type { Planning } from '../plan/plan-deploy.ts';
import { planRollback } from './plan-rollback.ts';
import { planUndo } from './plan-undo.ts';
import type { Releases } from './releases.ts';
import { releaseOf, soundOf } from './stored-release.ts';

export interface RecordsDeps {
  releases: Releases;
  cluster: Cluster;
  planning: Planning;
  /** Objects as this run applied them, by change. */
  applied: ReadonlyMap<string, KubernetesObject>;
  planned: (work: () => Promise<readonly Change[]>) => Promise<Plan>;
  explained: <T>(work: () => Promise<T>) => Promise<T>;
}

/** The history that the engine works with. */
export function kubernetesRecords({
  releases,
  cluster,
  planning,
  applied,
  planned,
  explained,
}: RecordsDeps): Records {
  return {
    list: () => explained(async () => (await releases.list()).map(releaseOf)),
    open: (draft) => explained(async () => soundOf(await releases.open(draft))),
    close: ({ number }, outcome) => explained(() => releases.close(number, outcome)),
    matches: ({ number }, draft) => explained(() => releases.matches(number, draft)),
    planRollback: (to) => planned(() => planRollback(to, releases, cluster, planning)),
    planUndo: (plan) => planned(() => planUndo(plan, applied, cluster)),
  };
}

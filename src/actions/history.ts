import { type Release, type ReleaseState, releaseStates } from '../core/release.ts';
import type { Target } from '../targets/target.ts';
import type { Environment } from '../workspace/model.ts';
import { recordsOf } from './records-of.ts';

export type HistoryEntry = Release & { state: ReleaseState };

/** What was deployed, newest first. */
export async function history(deps: {
  environment: Environment;
  target: Pick<Target, 'records'>;
}): Promise<HistoryEntry[]> {
  const releases = await recordsOf(deps.target, deps.environment).list();
  const states = releaseStates(releases);
  return releases.map((release, index) => ({ ...release, state: states[index]! }));
}

import type { Target } from '../targets/target.ts';
import type { Environment } from '../workspace/model.ts';
import { entriesOf, type ReleaseEntry, recordsOf } from './records-of.ts';

/** What was deployed, newest first. */
export async function history(deps: {
  environment: Environment;
  target: Pick<Target, 'records' | 'heldLock'>;
}): Promise<ReleaseEntry[]> {
  return entriesOf(recordsOf(deps.target, deps.environment), deps.target);
}

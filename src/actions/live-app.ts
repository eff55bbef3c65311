import type { Plan } from '../core/change.ts';
import type { Emit } from '../core/events.ts';
import type { Target } from '../targets/target.ts';
import type { Environment, Workspace } from '../workspace/model.ts';

/** What an action works with that changes what runs already, whatever the files say now. */
export interface LiveApp {
  workspace: Workspace;
  /** Names of the workspace's services, also of those whose file has problems. */
  known: readonly string[];
  environment: Environment;
  target: Target;
  /** For the history. */
  who: string;
  consent: (plan: Plan) => Promise<void>;
  emit: Emit;
  signal: AbortSignal;
}

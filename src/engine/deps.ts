import type { Emit } from '../core/events.ts';
import type { Target } from '../targets/target.ts';

/** What carrying out a plan needs of the world. */
export interface ApplyDeps {
  target: Pick<Target, 'apply' | 'verdict' | 'news' | 'diagnose'>;
  emit: Emit;
  signal: AbortSignal;
}

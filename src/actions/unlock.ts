import { ExpectedError } from '../core/errors.ts';
import type { HeldLock, Target } from '../targets/target.ts';
import type { Environment, Workspace } from '../workspace/model.ts';

export interface UnlockDeps {
  workspace: Workspace;
  environment: Environment;
  target: Pick<Target, 'place' | 'heldLock' | 'unlock'>;
  /** Asks before the lock is taken from its holder; throws when the answer is no. */
  consent: (lock: HeldLock) => Promise<void>;
}

export interface UnlockResult {
  /** Who was found holding the lock; absent when nobody was. */
  held?: HeldLock;
  removed: boolean;
}

/** Takes the lock from whoever holds it, for those who know that it is dead and do not want to wait. */
export async function unlock({ workspace, environment, target, consent }: UnlockDeps): Promise<UnlockResult> {
  if (!target.heldLock || !target.unlock) {
    throw new ExpectedError({
      code: 'E_NO_UNLOCK',
      exit: 'notFound',
      message: `the lock of ${workspace.name} on ${environment.name} cannot be taken away`,
      where: target.place,
      why: 'there it ends with the run that holds it',
      hints: ['stop that run: a second deploy names it'],
    });
  }
  const held = await target.heldLock();
  if (!held) return { removed: false };
  await consent(held);
  return { held, removed: await target.unlock(held) };
}

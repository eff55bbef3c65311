import { movedSince, type SealedNow } from './moved-since.ts';
import type { Sealed, SealedChange } from './saved-plan.ts';

/** Whether all that a saved plan wanted is there, and nothing is left to do: what a command that is repeated finds. */
export function appliedAlready(saved: Sealed, now: SealedNow): boolean {
  const [was, is] = [own(saved.changes), own(now.changes)];
  const before = new Map(was.map((change) => [change.id, change]));
  const after = new Map(is.map((change) => [change.id, change]));
  return (
    is.every(({ id, action }) => action === 'none' && before.has(id)) &&
    was.every((change) => isDone(change, after.get(change.id))) &&
    movedSince({ ...saved, changes: [] }, { ...now, changes: [] }).length === 0
  );
}

function isDone(was: SealedChange, is: SealedChange | undefined): boolean {
  if (was.action === 'remove') return is === undefined;
  // What services share is made once, such as their namespace; then no plan has it any more.
  if (!is) return was.action === 'create' && was.service === undefined;
  return was.basis?.wanted === is.basis?.wanted;
}

function own(changes: readonly SealedChange[]): SealedChange[] {
  return changes.filter(({ bookkeeping }) => !bookkeeping);
}

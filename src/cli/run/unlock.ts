import { unlock } from '../../actions/unlock.ts';
import { formatDuration } from '../../core/duration.ts';
import type { HeldLock } from '../../targets/target.ts';
import type { UnlockFlags } from '../commands/unlock.ts';
import { openRunning, withTarget } from '../context.ts';
import type { Invocation } from '../invocation.ts';
import { confirm } from '../ui/prompts.ts';

export async function runUnlock(flags: UnlockFlags, { ui, signal }: Invocation): Promise<void> {
  const context = await openRunning(flags, { ui, signal });
  const { workspace, environment } = context;
  const name = `${workspace.name} on ${environment.name}`;
  const consent = async (lock: HeldLock) => {
    ui.say(() => heldText(lock, name));
    if (!flags.yes) await confirm(`Take it away?`, `the lock of ${name}`, signal);
  };
  const result = await withTarget(context, (target) => unlock({ workspace, environment, target, consent }));
  ui.result('unlock', result, () => '');
  ui.say(() => {
    if (!result.held) return `Nothing to do: ${name} is not locked.\n`;
    return result.removed
      ? `${name} is not locked any more.\n`
      : `Nothing to do: that run has let go of ${name} by itself.\n`;
  });
}

function heldText({ who, since, where, duration }: HeldLock, name: string): string {
  const age = since === undefined ? Number.NaN : Date.now() - Date.parse(since);
  const held = age >= 0 ? `, for ${formatDuration(age)}` : '';
  return `${name} is locked by ${who}${since ? ` since ${since.replace(/\.\d+Z$/, 'Z')}` : ''}${held}
  ${where}
  A run that was killed lets go after ${duration} s by itself; one that still works stops at its next write.
`;
}

import { rollback } from '../../actions/rollback.ts';
import { formatDuration } from '../../core/duration.ts';
import { author } from '../../system/author.ts';
import type { RollbackFlags } from '../commands/rollback.ts';
import { openRunning, withTarget } from '../context.ts';
import type { Invocation } from '../invocation.ts';
import { consentFor } from '../ui/consent.ts';
import { changeDetails } from '../ui/plan-text.ts';

export async function runRollback(flags: RollbackFlags, { ui, signal }: Invocation): Promise<void> {
  const started = Date.now();
  const context = await openRunning(flags, { ui, signal });
  const { workspace, environment } = context;
  const result = await withTarget(context, (target) =>
    rollback(
      { to: flags.to, timeout: flags.timeout },
      {
        ...context,
        target,
        who: author(process.env),
        // No other command shows what this one would change, so the question does, however long.
        consent: consentFor(context, flags, { ui, signal }, changeDetails),
        emit: ui.emit,
        signal,
      },
    ),
  );
  ui.result('rollback', result, () => '');
  const took = formatDuration(Date.now() - started);
  ui.say(({ colour }) =>
    result.release === undefined
      ? `Nothing to do: ${workspace.name} on ${environment.name} is as release ${result.to} made it. ${took}\n`
      : `${colour.bold(`Release ${result.release} of ${workspace.name} is live on ${environment.name}: as release ${result.to} made it. ${took}`)}\n`,
  );
}

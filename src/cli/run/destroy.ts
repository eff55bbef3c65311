import { destroy } from '../../actions/destroy.ts';
import { formatDuration } from '../../core/duration.ts';
import { ExpectedError } from '../../core/errors.ts';
import type { DestroyFlags } from '../commands/destroy.ts';
import { openRunning, withTarget } from '../context.ts';
import type { Invocation } from '../invocation.ts';
import { consentFor } from '../ui/consent.ts';

export async function runDestroy(
  names: string[],
  flags: DestroyFlags,
  { ui, signal }: Invocation,
): Promise<void> {
  const started = Date.now();
  if (flags.deleteNamespace && names.length > 0) throw namespaceOfAll();
  const context = await openRunning(flags, { ui });
  const { workspace, environment } = context;
  const result = await withTarget(context, (target) =>
    destroy(
      { services: names.length > 0 ? names : undefined, timeout: flags.timeout },
      { ...context, target, consent: consentFor(context, flags, { ui, signal }), emit: ui.emit, signal },
    ),
  );
  ui.result('destroy', result, () => '');
  const took = formatDuration(Date.now() - started);
  const what = names.length > 0 ? names.join(', ') : workspace.name;
  ui.say(() =>
    result.removed.length > 0
      ? `${what} is gone from ${environment.name}. ${took}\n`
      : `Nothing to do: ${what} is not on ${environment.name}. ${took}\n`,
  );
}

function namespaceOfAll(): ExpectedError {
  return new ExpectedError({
    code: 'E_USAGE',
    exit: 'usage',
    message: '--delete-namespace removes the whole app, not one service of it',
    hints: ['cloudnative destroy --delete-namespace'],
  });
}

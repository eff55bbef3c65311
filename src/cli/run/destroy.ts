import { type DestroyResult, destroy } from '../../actions/destroy.ts';
import { formatDuration } from '../../core/duration.ts';
import { ExpectedError } from '../../core/errors.ts';
import { author } from '../../system/author.ts';
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
  const context = await openRunning(flags, { ui, signal });
  const { workspace, environment } = context;
  if (flags.deleteNamespace && names.length > 0)
    throw usage('--delete-namespace removes the whole app, not one service of it');
  if (flags.deleteNamespace && environment.target !== 'kubernetes')
    throw usage(`--delete-namespace is for Kubernetes; ${environment.name} is on ${environment.target}`);
  const result = await withTarget(context, (target) =>
    destroy(
      { services: names.length > 0 ? names : undefined, timeout: flags.timeout },
      {
        ...context,
        target,
        who: author(process.env),
        consent: consentFor(context, flags, { ui, signal }),
        emit: ui.emit,
        signal,
      },
    ),
  );
  ui.result('destroy', result, () => '');
  const took = formatDuration(Date.now() - started);
  const what = names.length > 0 ? names.join(', ') : workspace.name;
  ui.say(() => `${outcome(result, what, environment.name)}. ${took}\n`);
}

function outcome({ removed, kept }: DestroyResult, what: string, environment: string): string {
  const stays = kept.length === 1 ? '1 object of it stays' : `${kept.length} objects of it stay`;
  if (removed.length > 0 && kept.length > 0) return `${what} is gone from ${environment}, but ${stays}`;
  if (removed.length > 0) return `${what} is gone from ${environment}`;
  return kept.length > 0
    ? `Nothing to do: ${what} is gone from ${environment}, but ${stays}`
    : `Nothing to do: ${what} is not on ${environment}`;
}

function usage(message: string): ExpectedError {
  return new ExpectedError({
    code: 'E_USAGE',
    exit: 'usage',
    message,
    hints: ['cloudnative destroy --help'],
  });
}

import { placeFlags } from '../core/place-flags.ts';
import { shellWord } from '../core/shell-word.ts';
import type { PlanRequest } from './saved-plan.ts';

/** The command that saves a plan for the same request, as one types it. */
export function planCommand(asked: PlanRequest, file: string): string {
  const { services, environment, manifests, recursive, app, namespace, context } = asked;
  const each = (flag: string, values: readonly string[]) =>
    values.flatMap((value) => [flag, shellWord(value)]);
  const folder =
    manifests === undefined
      ? undefined
      : [
          ...['--manifests', shellWord(manifests), ...(recursive ? ['-R'] : [])],
          ...['--app', shellWord(app ?? ''), '-n', shellWord(namespace ?? '')],
          ...['--context', shellWord(context ?? '')],
        ].join(' ');
  return [
    'cloudnative plan',
    ...services.map(shellWord),
    placeFlags({ environment: shellWord(environment ?? ''), flags: folder }),
    ...each('--force-conflicts', asked.forceConflicts),
    ...each('--replace', asked.replace),
    ...each('--prune-kind', asked.pruneKind),
    ...(asked.pullSecret ? ['--pull-secret'] : []),
    ...['--out', shellWord(file)],
  ].join(' ');
}

import type { Plan } from '../core/change.ts';
import { ExpectedError } from '../core/errors.ts';
import { excessiveRemoval } from '../plan/excessive-removal.ts';

/** Throws E_REMOVALS (4) for a plan that would take away most of a service: agreeing to a plan is not agreeing to that. */
export function refuseExcess(plan: Plan): void {
  const excess = excessiveRemoval(plan);
  if (!excess) return;
  const { service, removed, of } = excess;
  const more = removed.length > 5 ? [`and ${removed.length - 5} more`] : [];
  throw new ExpectedError({
    code: 'E_REMOVALS',
    exit: 'notFound',
    message: `${removed.length} of ${of} resources of ${service} would be removed`,
    where: plan.place,
    why: ['no longer in the manifests:', ...removed.slice(0, 5).map((id) => `  ${id}`), ...more],
    hints: [
      'see that the manifests are complete: cloudnative plan shows all that would go',
      'if they are, repeat the command with --allow-removals',
    ],
  });
}

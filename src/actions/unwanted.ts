import type { Plan } from '../core/change.ts';
import type { Emit } from '../core/events.ts';

/** What stays without being wanted is for somebody to decide on. */
export function warnOfUnwanted({ changes }: Plan, { emit }: { emit: Emit }): void {
  for (const { id, note, unwanted } of changes)
    if (unwanted) emit({ type: 'warning', message: `${id}  ${note ?? ''}`.trimEnd() });
}

import type { Plan } from '../core/change.ts';
import type { Emit, Event } from '../core/events.ts';

/** How far a resource came in one run; `started`: its write was not confirmed. */
export type Stage = 'started' | 'applied' | 'ready' | 'failed' | 'removed' | 'kept';

export interface Progress {
  emit: Emit;
  stages: ReadonlyMap<string, Stage>;
  /** What was to be removed and stays all the same: why. */
  kept: ReadonlyMap<string, string>;
}

/** Passes events on, and remembers by them how far each resource came. */
export function withProgress(emit: Emit): Progress {
  const stages = new Map<string, Stage>();
  const kept = new Map<string, string>();
  return {
    stages,
    kept,
    emit: (event) => {
      if (event.type === 'started') stages.set(event.subject, event.type);
      if (event.type === 'kept') kept.set(event.resource, event.reason);
      // What was refused has failed before it was applied.
      const counts = event.type !== 'failed' || stages.get(event.resource) === 'applied';
      if (counts && isStage(event)) stages.set(event.resource, event.type);
      emit(event);
    },
  };
}

/** The plan as it would have been made, had it been known what stays. */
export function carriedOut(plan: Plan, { kept }: Pick<Progress, 'kept'>): Plan {
  const changes = plan.changes.map((change) => {
    const note = kept.get(change.id);
    return note === undefined ? change : ({ ...change, action: 'none', unwanted: true, note } as const);
  });
  return { ...plan, changes };
}

function isStage(event: Event): event is Extract<Event, { type: Exclude<Stage, 'started'> }> {
  return ['applied', 'ready', 'failed', 'removed', 'kept'].includes(event.type);
}

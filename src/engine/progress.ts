import type { Emit, Event } from '../core/events.ts';

/** How far a resource came in one run; `started`: its write was not confirmed. */
export type Stage = 'started' | 'applied' | 'ready' | 'failed' | 'removed';

/** Passes events on, and remembers by them how far each resource came. */
export function withProgress(emit: Emit): { emit: Emit; stages: ReadonlyMap<string, Stage> } {
  const stages = new Map<string, Stage>();
  return {
    stages,
    emit: (event) => {
      if (event.type === 'started') stages.set(event.subject, event.type);
      // What was refused has failed before it was applied.
      const counts = event.type !== 'failed' || stages.get(event.resource) === 'applied';
      if (counts && isStage(event)) stages.set(event.resource, event.type);
      emit(event);
    },
  };
}

function isStage(event: Event): event is Extract<Event, { type: Exclude<Stage, 'started'> }> {
  return ['applied', 'ready', 'failed', 'removed'].includes(event.type);
}

import type { Change, Plan } from '../../core/change.ts';
import { callOrder } from '../../plan/call-order.ts';
import type { Scope } from '../target.ts';
import { place, processId } from './plan-processes.ts';
import { viewServices } from './service-view.ts';
import { readState, type StatePaths } from './state-files.ts';

/** Ends the named services, callers before what they call; with no names all of them, their supervisor and its files. */
export function planRemoval(services: readonly string[] | undefined, scope: Scope, paths: StatePaths): Plan {
  const views = viewServices(paths).filter(({ service }) => !services || services.includes(service));
  const calls = views.map(({ service, spec }) => ({ service, calls: spec?.calls ?? [] }));
  const callees = callOrder(calls);
  const callersOf = (service: string) => calls.filter((one) => callees(one.service).includes(service));
  const changes: Change[] = views.map(({ service, alive }) => ({
    id: processId(service),
    action: 'remove',
    fields: [],
    ...(alive ? {} : { note: 'not running' }),
    service,
    after: callersOf(service).map((one) => processId(one.service)),
  }));
  if (!services && readState(paths) !== 'absent')
    changes.push({
      id: supervisorId(scope),
      action: 'remove',
      fields: [],
      after: changes.map(({ id }) => id),
    });
  return { version: 1, ...scope, place, changes };
}

export function supervisorId({ environment }: Scope): string {
  return `Supervisor/${environment}`;
}

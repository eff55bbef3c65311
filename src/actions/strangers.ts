import type { Emit } from '../core/events.ts';
import { placeFlags } from '../core/place-flags.ts';
import type { ServiceStatus } from '../targets/target.ts';
import type { Environment, Workspace } from '../workspace/model.ts';

/** Names of services that run in the environment and are not in the workspace (any more): renamed or removed ones. */
export function strangers(status: readonly ServiceStatus[], known: readonly string[]): string[] {
  return status.map(({ service }) => service).filter((name) => !known.includes(name));
}

/** Nothing removes them unasked, so somebody has to be told. */
export function warnOfStrangers(
  status: readonly ServiceStatus[],
  { workspace, environment, emit }: { workspace: Workspace; environment: Environment; emit: Emit },
  known: readonly string[] = workspace.services.map(({ name }) => name),
): void {
  for (const name of strangers(status, known)) {
    const place = placeFlags({ environment: environment.name, flags: environment.flags });
    const removal = `cloudnative destroy ${name} ${place}`;
    emit({
      type: 'warning',
      message: `${name} runs, and is no service of ${workspace.name}; to remove it: ${removal}`,
    });
  }
}

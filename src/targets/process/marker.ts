import { processesWithVariable } from '../../system/process-identity.ts';
import type { StatePaths } from './state-files.ts';

/** Set for every process of a service, so inherited by its children: what is left of it can be found though its parent is gone. */
export const markerVariable = 'CLOUDNATIVE_PROCESS';

export function markerOf(paths: Pick<StatePaths, 'root'>, service: string): string {
  return `${paths.root}/${service}`;
}

export function processesOf(paths: Pick<StatePaths, 'root'>, service: string): number[] {
  return processesWithVariable(markerVariable, markerOf(paths, service));
}

import type { ProcessIdentity } from '../../system/process-identity.ts';
import type { StatePaths } from './state-files.ts';

/** The answer to each request, `{ do: 'ping' }` and `{ do: 'reconcile' }`: who it is. */
export interface SupervisorReply extends ProcessIdentity {
  /** Of the program. */
  version: string;
}

export function supervisorName(paths: Pick<StatePaths, 'root'>): string {
  return `${paths.root} supervisor`;
}

export function lockName(paths: Pick<StatePaths, 'root'>): string {
  return `${paths.root} deploy`;
}

import { isRunning } from '../../system/process-identity.ts';
import {
  knownServices,
  type Observed,
  readObserved,
  readSpec,
  type Spec,
  type StatePaths,
} from './state-files.ts';

/** A service as the files say, and whether the system agrees. */
export interface ServiceView {
  service: string;
  spec?: Spec;
  observed?: Observed;
  /** The process that the supervisor recorded is there now. */
  alive: boolean;
}

export function viewService(paths: StatePaths, service: string): ServiceView {
  const spec = readSpec(paths, service);
  const observed = readObserved(paths, service);
  return {
    service,
    ...(typeof spec === 'object' ? { spec } : {}),
    ...(observed ? { observed } : {}),
    alive: observed?.process !== undefined && isRunning(observed.process),
  };
}

export function viewServices(paths: StatePaths): ServiceView[] {
  return knownServices(paths).map((service) => viewService(paths, service));
}

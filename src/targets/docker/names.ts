import type { DockerEngine } from '../../system/docker-engine.ts';
import type { Scope } from '../target.ts';

/** One app in one environment on one engine. */
export interface DockerPlace extends Scope {
  engine: DockerEngine;
}

export function networkName({ app, environment }: Scope): string {
  return `${app}-${environment}`;
}

export function containerName(scope: Scope, service: string): string {
  return `${networkName(scope)}-${service}`;
}

/** Of a container that has yet to prove itself. No service's own container can be called so, as their names hold no dot. */
export function candidateName(scope: Scope, service: string): string {
  return `${containerName(scope, service)}.next`;
}

export function networkId(scope: Scope): string {
  return `Network/${networkName(scope)}`;
}

export function containerId(service: string): string {
  return `Container/${service}`;
}

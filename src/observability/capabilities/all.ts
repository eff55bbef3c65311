import { calls } from './calls.ts';
import type { Capability, Monitored } from './capability.ts';
import { goProgram } from './go-program.ts';
import { httpServer } from './http-server.ts';
import { nodeProgram } from './node-program.ts';
import { pythonProgram } from './python-program.ts';
import { running } from './running.ts';

const capabilities: readonly Capability[] = [
  httpServer,
  calls,
  running,
  goProgram,
  nodeProgram,
  pythonProgram,
];

/** What there is to watch of a service. */
export function capabilitiesOf(service: Monitored): Capability[] {
  return capabilities.filter(({ appliesTo }) => appliesTo(service));
}

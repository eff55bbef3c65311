import { buildInfo, processes, up } from '../metrics.ts';
import type { Deployed, Simulated } from './capability.ts';

/** Up, in one version, with half of its memory. */
export function healthyProcess(service: Deployed): Simulated[] {
  return [
    { name: up.name, kind: 'gauge', value: 1 },
    simulatedBuild('1.0.0', 1),
    simulatedBuild('1.1.0', null),
    simulatedMemory(service, 0.5),
    simulatedStarts(0),
  ];
}

export function simulatedBuild(version: string, value: 1 | null): Simulated {
  const labels = { name: 'any', version, revision: 'abc', runtime: 'any' };
  return { name: buildInfo.name, labels, kind: 'gauge', value };
}

export function simulatedMemory({ memoryLimit }: Deployed, part: number): Simulated {
  return { name: processes.memory.name, kind: 'gauge', value: (memoryLimit ?? 2 ** 28) * part };
}

/** Starting anew so often in a minute. */
export function simulatedStarts(value: number): Simulated {
  return { name: processes.start.name, kind: 'counter', value };
}

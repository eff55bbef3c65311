import { isPortFree, portHolder } from '../../system/ports.ts';
import type { DesiredService, Scope } from '../target.ts';
import { processesOf } from './marker.ts';
import { allocatePorts, type PortAllocation, type PortRequest } from './port-allocation.ts';
import { readPorts } from './ports-file.ts';
import { viewService } from './service-view.ts';
import type { StatePaths } from './state-files.ts';

/** Ports for the services and for those that they call, which may never have been deployed. Reads only. */
export async function choosePorts(
  desired: readonly DesiredService[],
  scope: Scope,
  paths: StatePaths,
): Promise<PortAllocation> {
  const remembered = readPorts(paths);
  const requests: PortRequest[] = desired.map(({ service, pinnedPorts }) => ({
    service: service.name,
    pinned: pinnedPorts,
  }));
  const wanted = new Set(desired.map(({ service }) => service.name));
  const callees = new Set(desired.flatMap(({ service }) => service.calls));
  for (const callee of [...callees].sort())
    if (!wanted.has(callee) && !remembered[callee]) requests.push({ service: callee, pinned: {} });
  const { ports, moved } = await allocatePorts(requests, {
    folder: paths.root,
    environment: scope.environment,
    remembered,
    isUsable: (service, port) => isUsable(paths, service, port),
    holder: portHolder,
  });
  return { ports: { ...remembered, ...ports }, moved };
}

async function isUsable(paths: StatePaths, service: string, port: number): Promise<boolean> {
  const { alive, observed } = viewService(paths, service);
  const own = alive ? observed?.process?.ports : undefined;
  if (own?.http === port || own?.admin === port) return true;
  if (await isPortFree(port, '127.0.0.1')) return true;
  // What a killed process left behind listens still; it is ended before the next start.
  const holder = portHolder(port);
  return holder !== undefined && processesOf(paths, service).includes(holder.pid);
}

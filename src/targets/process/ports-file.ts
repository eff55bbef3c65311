import { isRecord } from '../../core/is-record.ts';
import { writeFileAtomic } from '../../system/atomic-file.ts';
import type { Ports } from '../../workspace/model.ts';
import { isPorts, readJson, readState, type StatePaths } from './state-files.ts';

interface PortsFile {
  version: 1;
  services: Readonly<Record<string, Ports>>;
}

/** The ports that services have had, by service. */
export function readPorts(paths: StatePaths): Readonly<Record<string, Ports>> {
  const file = typeof readState(paths) === 'object' && readJson<PortsFile>(paths.ports, isWholePorts);
  return typeof file === 'object' ? file.services : {};
}

/** Adds to what is remembered; in one step, so that several services can do it at once. */
export function rememberPorts(paths: StatePaths, ports: Readonly<Record<string, Ports>>): void {
  const before = readPorts(paths);
  const services = Object.fromEntries(
    Object.entries({ ...before, ...ports }).sort(([a], [b]) => (a < b ? -1 : 1)),
  );
  if (JSON.stringify(services) === JSON.stringify(before)) return;
  const file: PortsFile = { version: 1, services };
  writeFileAtomic(paths.ports, `${JSON.stringify(file, null, 2)}\n`);
}

function isWholePorts({ services }: PortsFile): boolean {
  return isRecord(services) && Object.values(services).every(isPorts);
}

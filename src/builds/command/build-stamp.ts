import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { writeFileAtomic } from '../../system/atomic-file.ts';
import type { Service } from '../../workspace/model.ts';

/** What the last successful build of a service was made from. */
interface Stamp {
  folder: string;
  digest: string;
  /** Words of the run command that are files of the service. */
  outputs: readonly string[];
}

/** Undefined also when something that it runs is no longer there. */
export function readStamp(stamps: string, service: Service): Stamp | undefined {
  try {
    const stamp: Stamp = JSON.parse(readFileSync(fileOf(stamps, service), 'utf8'));
    const isWhole =
      stamp.folder === service.folder &&
      stamp.outputs.every((path) => existsSync(resolve(service.folder, path)));
    return isWhole ? stamp : undefined;
  } catch {
    return undefined;
  }
}

export function writeStamp(stamps: string, service: Service, digest: string): void {
  const outputs = service.run.filter((word) => word !== '' && existsSync(resolve(service.folder, word)));
  const stamp: Stamp = { folder: service.folder, digest, outputs };
  writeFileAtomic(fileOf(stamps, service), `${JSON.stringify(stamp)}\n`);
}

/** A build that has begun may have changed anything: until it ends well, there is none. */
export function removeStamp(stamps: string, service: Service): void {
  rmSync(fileOf(stamps, service), { force: true });
}

function fileOf(stamps: string, { name }: Service): string {
  return join(stamps, `${name}.json`);
}

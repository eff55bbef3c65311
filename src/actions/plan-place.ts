import { rmSync } from 'node:fs';
import { dirname, extname, resolve } from 'node:path';
import { ExpectedError } from '../core/errors.ts';
import { isOutside } from '../core/is-outside.ts';
import type { DesiredService } from '../targets/target.ts';

/** Throws E_USAGE (2) for a file that the next command would take for one of the manifests. */
export function refuseAmongManifests(
  file: string,
  folders: readonly string[],
  { recursive = false }: { recursive?: boolean },
): void {
  const path = resolve(file);
  if (!['.json', '.yaml', '.yml'].includes(extname(path))) return;
  const isRead = (folder: string) => (recursive ? !isOutside(folder, path) : dirname(path) === folder);
  if (folders.some((folder) => isRead(resolve(folder))))
    throw badPlace(file, 'in the folder of the manifests, it would be read as one of them');
}

/**
 * Removes the file again and throws E_USAGE (2) where services are now made from other files than they were: from this one too.
 * `find`: as planning had it, for these services.
 */
export async function refuseAmongSources(
  file: string,
  desired: readonly DesiredService[],
  find: (services: readonly DesiredService['service'][]) => Promise<readonly DesiredService[]>,
): Promise<void> {
  const path = resolve(file);
  const near = desired.filter(({ service }) =>
    [service.folder, service.image.context].some((folder) => !isOutside(folder, path)),
  );
  const now = await find(near.map(({ service }) => service));
  const other = near.filter(
    ({ artifact }, index) => JSON.stringify(artifact) !== JSON.stringify(now[index]!.artifact),
  );
  if (other.length === 0) return;
  rmSync(path, { force: true });
  const names = other.map(({ service }) => service.name).join(', ');
  throw badPlace(file, `there it is one of the files that ${names} would be built from`);
}

function badPlace(file: string, why: string): ExpectedError {
  return new ExpectedError({
    code: 'E_USAGE',
    exit: 'usage',
    message: `${file} is no place for a saved plan`,
    why,
    hints: ['save it elsewhere, such as in the folder above'],
  });
}

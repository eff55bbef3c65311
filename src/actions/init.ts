import { basename, dirname, join, relative, resolve, sep } from 'node:path';
import { ExpectedError, throwIfAborted } from '../core/errors.ts';
import type { Emit } from '../core/events.ts';
import { suggestLabel } from '../core/names.ts';
import { workspaceCompanions, workspaceText } from '../scaffold/render-workspace.ts';
import { stateFolder } from '../scaffold/state-folder.ts';
import { checkInside, occupied } from '../system/destination.ts';
import { placeFile } from '../system/place-file.ts';
import { findUpwards, fittingServices, workspaceFileName } from '../workspace/read-configuration.ts';
import { checkName } from './check-name.ts';

export interface InitOptions {
  /** Relative to `cwd`; made if need be. */
  dir: string;
  /** A DNS-1035 label; made from the folder's name when it is missing. */
  name?: string;
  cwd: string;
}

export interface InitDeps {
  emit: Emit;
  signal: AbortSignal;
}

export interface InitResult {
  name: string;
  /** Relative to `cwd`, `.` for itself. */
  folder: string;
  /** Relative to the folder, with `/`, sorted. */
  files: readonly string[];
  /** The entry of `services`, e.g. `services/*`. */
  services: string;
}

/** Makes a folder a workspace. Throws `E_NAME` (2), `E_EXISTS` (5), `E_LINK` (5), `E_WRITE` (1). */
export async function initWorkspace(options: InitOptions, { emit, signal }: InitDeps): Promise<InitResult> {
  const folder = resolve(options.cwd, options.dir);
  const name = options.name ?? suggestLabel(basename(folder)) ?? 'app';
  checkName('workspace', name, (valid = 'shop') => `cloudnative init --name ${valid}`);
  const file = join(folder, workspaceFileName);
  if (await occupied(file)) throw existsAlready(file);
  await checkInside(join(folder, stateFolder, 'schemas'), folder);
  const services = await fittingServices(folder);
  const outer = await findUpwards(dirname(folder), workspaceFileName);

  const scratch = join(folder, stateFolder);
  for (const [path, text] of Object.entries(workspaceCompanions)) {
    throwIfAborted(signal);
    await placeFile(join(folder, path), text, { replace: true, scratch });
  }
  // Last, since it is what makes the folder a workspace.
  const written = await placeFile(file, workspaceText(name, services), { replace: false, scratch });
  if (!written) throw existsAlready(file);
  emit({ type: 'wrote', path: `${relative(options.cwd, folder) || '.'}${sep}`, detail: 'workspace' });
  if (outer) {
    const message = `this workspace is inside another one, ${relative(options.cwd, outer)}`;
    emit({ type: 'warning', message });
  }
  const files = [workspaceFileName, ...Object.keys(workspaceCompanions)].sort();
  return { name, folder: relative(options.cwd, folder) || '.', files, services };
}

function existsAlready(file: string): ExpectedError {
  return new ExpectedError({
    code: 'E_EXISTS',
    exit: 'conflict',
    message: 'this is a workspace already',
    where: file,
    why: 'it was left as it is',
    hints: ['cloudnative new <name>      make a service in it'],
  });
}

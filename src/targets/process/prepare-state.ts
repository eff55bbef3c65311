import { randomBytes } from 'node:crypto';
import { mkdirSync, rmdirSync, rmSync } from 'node:fs';
import { writeFileAtomic } from '../../system/atomic-file.ts';
import { readState, type State, type StatePaths } from './state-files.ts';

/** Makes the state folder where there is none, or only that of a copied workspace. */
export function prepareState(paths: StatePaths): State {
  const known = readState(paths);
  if (typeof known === 'object') return known;
  clear(paths);
  for (const folder of [paths.root, paths.services, paths.observed, paths.logs])
    mkdirSync(folder, { recursive: true, mode: 0o700 });
  const state: State = { version: 1, owner: paths.root, salt: randomBytes(32).toString('hex') };
  writeFileAtomic(paths.state, `${JSON.stringify(state)}\n`);
  return state;
}

/** Removes all that is ours; the folder too, unless someone put other things there. */
export function removeState(paths: StatePaths): void {
  clear(paths);
  try {
    rmdirSync(paths.root);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== 'ENOENT' && code !== 'ENOTEMPTY' && code !== 'EEXIST') throw error;
  }
}

function clear(paths: StatePaths): void {
  const { state, services, observed, logs, ports, supervisor, supervisorLog } = paths;
  // First what makes the rest ours: an interrupted removal leaves nothing that is mistaken for state.
  for (const path of [
    state,
    services,
    observed,
    logs,
    ports,
    supervisor,
    supervisorLog,
    `${supervisorLog}.1`,
  ])
    rmSync(path, { recursive: true, force: true });
}

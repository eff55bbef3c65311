import type { Change, FieldChange, Plan } from '../core/change.ts';
import { ExpectedError } from '../core/errors.ts';
import { placeFlags } from '../core/place-flags.ts';
import type { Target } from '../targets/target.ts';
import type { Environment } from '../workspace/model.ts';
import type { Standing } from './records-of.ts';

/** What is not as the live release gave it, although nobody has deployed since. */
export interface Drift {
  release: number;
  resources: readonly DriftedResource[];
  /** The command that sets it back. */
  back?: string;
  /** Why it cannot be told; then there are no resources. */
  unknown?: string;
}

export interface DriftedResource {
  /** E.g. `Deployment/orders`. */
  resource: string;
  /** `gone`: the release has it and the place has not; `left`: the other way round. */
  state: 'changed' | 'gone' | 'left';
  /** Who it was, where that is known. */
  note?: string;
  fields: readonly DriftedField[];
}

export interface DriftedField {
  path: string;
  /** As it is now, and as the release has it; absent where it is not there, and both for a secret. */
  live?: string;
  released?: string;
}

/**
 * Drift is what going back to the live release would change. Undefined where there is none, and after a run that did not come to its good
 * end: what that has changed is no drift. Reads only; throws only what says that the place cannot be reached.
 */
export async function driftOf(
  { live, later }: Standing,
  { target: { records }, environment }: { target: Pick<Target, 'records'>; environment: Environment },
): Promise<Drift | undefined> {
  if (!live || later || !records) return undefined;
  const release = live.number;
  try {
    const resources = drifted(await records.planRollback(release));
    const place = placeFlags({ environment: environment.name, flags: environment.flags });
    const back = `cloudnative rollback --to ${release} ${place}`;
    return { release, resources, ...(resources.length > 0 ? { back } : {}) };
  } catch (error) {
    if (!(error instanceof ExpectedError) || error.explanation.exit === 'unreachable') throw error;
    const { message, where } = error.explanation;
    return { release, resources: [], unknown: where ? `${message} (${where.trim()})` : message };
  }
}

function drifted({ changes }: Plan): DriftedResource[] {
  return changes
    .filter(({ action, bookkeeping }) => action !== 'none' && !bookkeeping)
    .map(({ id, action, fields, note }) => {
      const state = stateBy[action];
      // Of what is gone or left, all fields are, and the note is about the way back.
      if (state !== 'changed') return { resource: id, state, fields: [] };
      return { resource: id, state, ...(note ? { note } : {}), fields: fields.map(fieldOf) };
    });
}

const stateBy: Record<Change['action'], DriftedResource['state']> = {
  create: 'gone',
  remove: 'left',
  update: 'changed',
  replace: 'changed',
  none: 'changed',
};

function fieldOf({ path, before, after }: FieldChange): DriftedField {
  return {
    path,
    ...(before === undefined ? {} : { live: before }),
    ...(after === undefined ? {} : { released: after }),
  };
}

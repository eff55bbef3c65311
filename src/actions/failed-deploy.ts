import { Cancelled, ExpectedError } from '../core/errors.ts';
import { placeFlags } from '../core/place-flags.ts';
import { before } from '../engine/deadline.ts';
import { type Failed, type RevertDeps, revertRelease } from '../engine/revert-release.ts';
import { rollbackTarget } from '../engine/rollback-target.ts';
import type { Target } from '../targets/target.ts';
import type { Environment, Workspace } from '../workspace/model.ts';

export interface FailedDeps extends Omit<RevertDeps, 'records' | 'target'> {
  workspace: Pick<Workspace, 'name'>;
  environment: Environment;
  target: Target;
  who: string;
}

/** The error that a deploy ends with: after going back where that was asked for, and otherwise with how to go back. */
export async function failedDeploy(
  error: unknown,
  run: Omit<Failed, 'cause'>,
  { timeout, rollbackOnFailure }: { timeout: number; rollbackOnFailure?: boolean },
  deps: FailedDeps,
): Promise<unknown> {
  const { records } = deps.target;
  // Whoever interrupts wants to stop, and without the lock nothing may be written.
  if (deps.signal.aborted) return stopped(error, run, deps);
  if (!records || !(error instanceof ExpectedError) || error.explanation.exit === 'locked') return error;
  if (!rollbackOnFailure) return withWayBack(error, { ...deps, records });
  try {
    return await revertRelease({ cause: error, ...run }, deps.who, { timeout }, { ...deps, records });
  } catch (end) {
    return deps.signal.aborted ? stopped(end, { ...run, cause: error }, deps) : end;
  }
}

/** Says what an interrupted run leaves; `cause`: why it was on its way back. */
function stopped(
  error: unknown,
  { plan, stages, cause }: Omit<Failed, 'cause'> & { cause?: ExpectedError },
  { signal, target, environment }: Pick<FailedDeps, 'signal' | 'target' | 'environment'>,
): unknown {
  const { reason } = signal;
  const wrote = plan.changes.some(({ id, action }) => action !== 'none' && stages.has(id));
  if (!(reason instanceof Cancelled) || !(wrote || cause)) return error;
  const place = placeFlags({ environment: environment.name, flags: environment.flags });
  return new Cancelled(reason.message, reason.exit, {
    why: cause
      ? [
          `the way back is not complete; it began because ${cause.message}`,
          'what was applied so far is left as it is',
        ]
      : 'what was applied so far is left as it is, and nothing was rolled back',
    hints: [
      'repeat the command: it continues from here',
      ...(target.records
        ? [`cloudnative rollback ${place}        goes back to the last good release, where there is one`]
        : []),
    ],
  });
}

/** Milliseconds for a hint: whoever sets a time limit waits for no more than that. */
const patience = { late: 300, failed: 3000 };

/** Says how to go back, where what is there is not what the last good release made. */
async function withWayBack(
  error: ExpectedError,
  {
    records,
    workspace,
    environment,
    signal,
  }: Pick<FailedDeps, 'workspace' | 'environment' | 'signal'> & Pick<RevertDeps, 'records'>,
): Promise<ExpectedError> {
  const { name, flags } = environment;
  const scope = { app: workspace.name, environment: name, flags };
  const back = async () => {
    const releases = await records.list();
    return releases[0]?.result === 'deployed' ? undefined : rollbackTarget(releases, undefined, scope);
  };
  const end = performance.now() + (error.explanation.exit === 'timeout' ? patience.late : patience.failed);
  const to = await before(end, signal, back).catch(() => undefined);
  if (!to) return error;
  const hint = `cloudnative rollback ${placeFlags(scope)}        goes back to release ${to.number}`;
  return new ExpectedError({ ...error.explanation, hints: [...(error.explanation.hints ?? []), hint] });
}

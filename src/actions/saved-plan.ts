import { randomBytes } from 'node:crypto';
import type { Plan } from '../core/change.ts';
import { ExpectedError } from '../core/errors.ts';
import type { Emit } from '../core/events.ts';
import { placeFlags } from '../core/place-flags.ts';
import { appliedAlready } from '../plan/applied-already.ts';
import { movedSince } from '../plan/moved-since.ts';
import { planCommand } from '../plan/plan-command.ts';
import { type PlanRequest, planFormat, type SavedPlan } from '../plan/saved-plan.ts';
import { seal } from '../plan/seal.ts';
import type { DesiredService, Target } from '../targets/target.ts';
import type { Environment } from '../workspace/model.ts';
import { stalePlan } from './stale-plan.ts';

/** The plan as a file holds it. Throws E_PENDING (4) when something is still to be built: nobody knows yet what would run. */
export async function savedPlan(
  plan: Plan,
  desired: readonly DesiredService[],
  asked: PlanRequest,
  { target, environment, who }: { target: Pick<Target, 'basisOf'>; environment: Environment; who: string },
): Promise<SavedPlan> {
  const pending = pendingServices(desired);
  if (pending.length > 0) throw stillToBuild(pending, environment);
  const { app, place, warnings } = plan;
  const basis = await target.basisOf(plan);
  const salt = randomBytes(32).toString('hex');
  return {
    format: planFormat,
    version: 1,
    app,
    environment: environment.name,
    place,
    made: { at: new Date().toISOString(), by: who },
    asked,
    salt,
    ...(basis.place === undefined ? {} : { placeId: basis.place }),
    artifacts: artifactsOf(desired),
    changes: seal(plan, basis, salt),
    ...(warnings ? { warnings } : {}),
  };
}

/** Looks whether a plan that has just been made is the saved one. */
export type Review = (plan: Plan, desired: readonly DesiredService[], signal: AbortSignal) => Promise<void>;

/**
 * Throws E_STALE_PLAN (5) with all that is no longer as it was when the plan was saved in the file. Where all that it wanted is there, it
 * has been applied, and there is nothing to refuse.
 */
export function reviewAgainst(
  saved: SavedPlan,
  file: string,
  { target, emit }: { target: Pick<Target, 'basisOf'>; emit: Emit },
): Review {
  return async (plan, desired, signal) => {
    const basis = await target.basisOf(plan, signal);
    const now = {
      placeId: basis.place,
      artifacts: artifactsOf(desired),
      pending: pendingServices(desired),
      changes: seal(plan, basis, saved.salt),
    };
    const place = (one: Plan | SavedPlan) => `${one.environment} (${one.place})`;
    const elsewhere =
      place(plan) === place(saved)
        ? []
        : [{ what: 'the place', how: `was ${place(saved)}, and is ${place(plan)}`, fields: [] }];
    const moved = [...elsewhere, ...movedSince(saved, now)];
    if (moved.length === 0) return;
    if (elsewhere.length > 0 || !appliedAlready(saved, now))
      throw stalePlan(moved, { file, place: plan.place, again: planCommand(saved.asked, file) });
    emit({ type: 'warning', message: `${file} is applied already: what it wanted is what is there` });
  };
}

function artifactsOf(desired: readonly DesiredService[]): Record<string, string> {
  return Object.fromEntries(
    desired.flatMap(({ service, artifact }) => {
      if (artifact.kind === 'none') return [];
      return [[service.name, artifact.kind === 'image' ? artifact.reference : artifact.digest]];
    }),
  );
}

function pendingServices(desired: readonly DesiredService[]): string[] {
  return desired.flatMap(({ service, artifact }) => (artifact.pending ? service.name : []));
}

function stillToBuild(services: readonly string[], { name, target, flags }: Environment): ExpectedError {
  const verb = target === 'kubernetes' ? 'push' : target === 'docker' ? 'build' : 'deploy';
  const are = services.length === 1 ? 'is' : 'are';
  const place = placeFlags({ environment: name, flags });
  const its = services.length === 1 ? 'its' : 'their';
  const why = {
    push: `the registry has no image of ${its} files as they are now`,
    build: `the engine has no image of ${its} files as they are now`,
    deploy: `${its} files as they are now were not built yet; on this machine only a deploy builds`,
  }[verb];
  return new ExpectedError({
    code: 'E_PENDING',
    exit: 'notFound',
    message: `${services.join(', ')} ${are} still to be built, so what would run is not known yet`,
    where: `environment ${name}`,
    why,
    hints: [`cloudnative ${verb} ${services.join(' ')} ${place}        then repeat the command`],
  });
}

import type { Change, Plan } from '../core/change.ts';
import { countChanges, isUnchanged, summariseChanges } from '../core/change-counts.ts';
import { throwIfAborted } from '../core/errors.ts';
import type { Emit } from '../core/events.ts';
import type { Release } from '../core/release.ts';
import { applyPlan } from '../engine/apply-plan.ts';
import { applyRelease } from '../engine/apply-release.ts';
import { inTime } from '../engine/deadline.ts';
import { carriedOut, withProgress } from '../engine/progress.ts';
import { settleRelease } from '../engine/settle-release.ts';
import type { ReleaseDraft } from '../targets/records.ts';
import type { DesiredService, ServiceStatus, Target } from '../targets/target.ts';
import type { Environment, Service, Workspace } from '../workspace/model.ts';
import { desiredServices, type Supply } from './desired.ts';
import { failedDeploy } from './failed-deploy.ts';
import { ifAllowed, recordsOf } from './records-of.ts';
import { refuseExcess } from './refuse-excess.ts';
import type { Review } from './saved-plan.ts';
import { warnOfStrangers } from './strangers.ts';
import { supplyArtifacts } from './supply-artifacts.ts';
import { warnOfUnwanted } from './unwanted.ts';

export interface DeployOptions {
  services: readonly Service[];
  /** Milliseconds for applying and waiting. */
  timeout: number;
  /** False: return when everything is accepted. What left the manifests then stays until a deploy that waits. */
  wait: boolean;
  /** Agrees to a removal of most of what a service has. */
  allowRemovals?: boolean;
  /** When it fails: back to the last good release. */
  rollbackOnFailure?: boolean;
}

export interface DeployDeps {
  workspace: Workspace;
  environment: Environment;
  target: Target;
  supply: Supply;
  /** For the history. */
  who: string;
  /** Asks before a plan's first effect outside this machine; throws when the answer is no. */
  consent: (plan: Plan) => Promise<void>;
  /** The same for a way back that no agreement to a deploy covers. */
  consentBack: (plan: Plan) => Promise<void>;
  /** Throws for a plan that is not the one which was saved. */
  review?: Review;
  emit: Emit;
  signal: AbortSignal;
}

export interface DeployResult {
  changed: boolean;
  /** The live release, where the place keeps a history. */
  release?: number;
  changes: readonly Pick<Change, 'id' | 'action' | 'service'>[];
  services: readonly { service: string; url?: string; image: string }[];
}

/** Observe, plan, ask, then under the lock build, push, plan again and apply. Nothing to do: nothing is locked or written. */
export async function deploy(options: DeployOptions, deps: DeployDeps): Promise<DeployResult> {
  const { workspace, environment, target, supply, emit, signal } = deps;
  const subjects = options.services.map(({ name }) => name);
  emit({
    type: 'heading',
    app: workspace.name,
    environment: environment.name,
    place: target.place,
    subjects,
  });

  if (options.rollbackOnFailure) recordsOf(target, environment);
  const before = await desiredServices(options.services, environment, supply);
  const { plan, spent } = await planned(before, options, deps);
  for (const message of plan.warnings ?? []) emit({ type: 'warning', message });
  if (isUnchanged(plan) && !before.some(({ artifact }) => artifact.pending)) {
    await waitForEarlier(plan, { ...options, spent }, deps);
    const [release, status] = await Promise.all([
      options.wait ? settled(draftOf(plan, before, deps), options, deps) : undefined,
      target.status(),
    ]);
    return result(plan, release, status, deps);
  }
  await deps.consent(plan);
  // Builds are part of what only one may do at a time: whoever comes second learns it now, not after minutes.
  const applied = await target.locked(async () => {
    const desired = await supplyArtifacts(before, environment, supply, deps);
    return planAndApply(desired, { ...options, spent }, deps);
  }, signal);
  return result(applied.plan, applied.release, await target.status(), deps);
}

/** Changes nothing, but waits for what an earlier deploy left on its way; when that fails, nobody has been asked for anything yet. */
async function waitForEarlier(
  plan: Plan,
  options: DeployOptions & { spent: number },
  deps: DeployDeps,
): Promise<void> {
  const { emit, stages } = withProgress(deps.emit);
  const locked = <T>(work: () => Promise<T>) => deps.target.locked(work, deps.signal);
  try {
    await applyPlan(plan, options, { ...deps, emit });
  } catch (error) {
    throw await failedDeploy(error, { plan, stages }, options, {
      ...deps,
      locked,
      consent: deps.consentBack,
    });
  }
}

async function planAndApply(
  desired: readonly DesiredService[],
  options: DeployOptions & { spent: number },
  deps: DeployDeps,
): Promise<{ plan: Plan; release: Release | undefined }> {
  const { plan, spent } = await planned(desired, options, deps);
  deps.emit({ type: 'planned', ...countChanges(plan) });
  warnOfUnwanted(plan, deps);
  const { records } = deps.target;
  const progress = withProgress(deps.emit);
  const { emit, stages } = progress;
  try {
    const release = await applyRelease(
      draftOf(plan, desired, deps),
      { ...options, spent },
      { ...deps, emit, records },
    );
    return { plan: carriedOut(plan, progress), release };
  } catch (error) {
    const held = { ...deps, locked: <T>(work: () => Promise<T>) => work(), consent: undefined };
    throw await failedDeploy(error, { plan, stages }, options, held);
  }
}

/** `spent`: milliseconds of the time limit that are over; consent and builds are not part of it. */
async function planned(
  desired: readonly DesiredService[],
  { timeout, wait, allowRemovals, spent = 0 }: DeployOptions & { spent?: number },
  { target, review, signal }: Pick<DeployDeps, 'target' | 'review' | 'signal'>,
): Promise<{ plan: Plan; spent: number }> {
  const started = performance.now();
  const doing = `planning for ${target.place}`;
  const plan = await inTime(timeout - spent, { doing, signal }, async (limit) => {
    const made = await target.plan(desired, limit);
    await review?.(made, desired, limit);
    return made;
  });
  throwIfAborted(signal);
  if (!allowRemovals) refuseExcess(plan);
  // Nothing goes before what takes its place has proven itself, and that is not waited for.
  const changes = wait ? plan.changes : plan.changes.filter(({ action }) => action !== 'remove');
  return { plan: { ...plan, changes }, spent: spent + performance.now() - started };
}

function draftOf(
  plan: Plan,
  desired: readonly DesiredService[],
  { who }: Pick<DeployDeps, 'who'>,
): ReleaseDraft {
  return { plan, who, cause: { action: 'deploy', services: desired.map(({ service }) => service) } };
}

/** The live release; a run that was killed, or gave up waiting, may have left it without its good end. */
async function settled(
  draft: ReleaseDraft,
  { timeout }: DeployOptions,
  { target, signal }: DeployDeps,
): Promise<Release | undefined> {
  const { records } = target;
  if (!records) return undefined;
  const settle = () => settleRelease(draft, records, (work) => target.locked(work, signal));
  return inTime(timeout, { doing: 'reading the history', signal }, () => ifAllowed(settle));
}

function result(
  plan: Plan,
  release: Release | undefined,
  status: readonly ServiceStatus[],
  deps: DeployDeps,
): DeployResult {
  const services = new Set(plan.changes.flatMap(({ service }) => service ?? []));
  warnOfStrangers(status, deps);
  return {
    changed: !isUnchanged(plan),
    release: release?.number,
    changes: summariseChanges(plan),
    services: status
      .filter(({ service }) => services.has(service))
      .map(({ service, url, image }) => ({ service, url, image })),
  };
}

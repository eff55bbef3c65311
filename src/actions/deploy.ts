import type { Change, Plan } from '../core/change.ts';
import { countChanges, isUnchanged, shownChanges } from '../core/change-counts.ts';
import { throwIfAborted } from '../core/errors.ts';
import type { Emit } from '../core/events.ts';
import { applyPlan } from '../engine/apply-plan.ts';
import { inTime } from '../engine/deadline.ts';
import type { DesiredService, Target } from '../targets/target.ts';
import type { Environment, Service, Workspace } from '../workspace/model.ts';
import { desiredServices, type Supply } from './desired.ts';
import { refuseExcess } from './refuse-excess.ts';
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
}

export interface DeployDeps {
  workspace: Workspace;
  environment: Environment;
  target: Target;
  supply: Supply;
  /** Asks before a plan's first effect outside this machine; throws when the answer is no. */
  consent: (plan: Plan) => Promise<void>;
  emit: Emit;
  signal: AbortSignal;
}

export interface DeployResult {
  changed: boolean;
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

  const before = await desiredServices(options.services, environment, supply);
  const { plan, spent } = await planned(before, options, deps);
  for (const message of plan.warnings ?? []) emit({ type: 'warning', message });
  if (isUnchanged(plan) && !before.some(({ artifact }) => artifact.pending)) {
    await applyPlan(plan, { ...options, spent }, deps); // changes nothing, but waits for what an earlier deploy left on its way
    return result(plan, deps);
  }
  await deps.consent(plan);
  // Builds are part of what only one may do at a time: whoever comes second learns it now, not after minutes.
  const applied = await target.locked(async () => {
    const desired = await supplyArtifacts(before, environment, supply, deps);
    return planAndApply(desired, { ...options, spent }, deps);
  }, signal);
  return result(applied, deps);
}

async function planAndApply(
  desired: readonly DesiredService[],
  options: DeployOptions & { spent: number },
  deps: DeployDeps,
): Promise<Plan> {
  const { plan, spent } = await planned(desired, options, deps);
  deps.emit({ type: 'planned', ...countChanges(plan) });
  warnOfUnwanted(plan, deps);
  await applyPlan(plan, { ...options, spent }, deps);
  return plan;
}

/** `spent`: milliseconds of the time limit that are over; consent and builds are not part of it. */
async function planned(
  desired: readonly DesiredService[],
  { timeout, wait, allowRemovals, spent = 0 }: DeployOptions & { spent?: number },
  { target, signal }: Pick<DeployDeps, 'target' | 'signal'>,
): Promise<{ plan: Plan; spent: number }> {
  const started = performance.now();
  const doing = `planning for ${target.place}`;
  const plan = await inTime(timeout - spent, { doing, signal }, (limit) => target.plan(desired, limit));
  throwIfAborted(signal);
  if (!allowRemovals) refuseExcess(plan);
  // Nothing goes before what takes its place has proven itself, and that is not waited for.
  const changes = wait ? plan.changes : plan.changes.filter(({ action }) => action !== 'remove');
  return { plan: { ...plan, changes }, spent: spent + performance.now() - started };
}

async function result(plan: Plan, deps: DeployDeps): Promise<DeployResult> {
  const services = new Set(plan.changes.flatMap(({ service }) => service ?? []));
  const status = await deps.target.status();
  warnOfStrangers(status, deps);
  return {
    changed: !isUnchanged(plan),
    changes: shownChanges(plan).map(({ id, action, service }) => ({ id, action, service })),
    services: status
      .filter(({ service }) => services.has(service))
      .map(({ service, url, image }) => ({ service, url, image })),
  };
}

import { randomUUID } from 'node:crypto';
import { existsSync, rmSync } from 'node:fs';
import type { Change } from '../../core/change.ts';
import type { Verdict } from '../../core/readiness.ts';
import { writeFileAtomic } from '../../system/atomic-file.ts';
import type { Scope, Target } from '../target.ts';
import { connectService } from './connect.ts';
import { withDeployLock } from './deploy-lock.ts';
import { diagnoseProcess } from './diagnose.ts';
import { type Draft, digestOf, hashSecrets } from './draft.ts';
import { inheritedEnvironment } from './inherited-environment.ts';
import { judge, judgeRemoval } from './judge.ts';
import { processLogs } from './logs.ts';
import { planBasis } from './plan-basis.ts';
import { place, planProcesses } from './plan-processes.ts';
import { planRemoval, supervisorId } from './plan-removal.ts';
import { rememberPorts } from './ports-file.ts';
import { prepareState, removeState } from './prepare-state.ts';
import { probeReadiness } from './probe.ts';
import { viewService } from './service-view.ts';
import { type Limits, type Spec, statePaths } from './state-files.ts';
import { processStatus } from './status.ts';
import { endIdleSupervisor, findSupervisor, reconcile } from './supervisor-client.ts';

export interface ProcessTargetOptions {
  scope: Scope;
  /** Absolute; made by the first deploy and removed with the app. */
  stateDir: string;
  /** The supervisor's program file. */
  supervisorEntry: string;
  nodePath: string;
  limits?: Limits;
}

/** A service may take 30 s to finish its requests; after that it gets a little more. */
const usualLimits: Limits = { stopGrace: 35_000, logBytes: 10_000_000 };

/** Services as processes on this machine, kept by one supervisor for each workspace and environment. */
export function createProcessTarget(options: ProcessTargetOptions): Target {
  const { scope, stateDir, supervisorEntry, nodePath, limits = usualLimits } = options;
  const paths = statePaths(stateDir);
  const launch = { paths, supervisorEntry, nodePath };
  const isSupervisor = (change: Change) => change.id === supervisorId(scope);

  return {
    place,
    plan: (desired) => planProcesses(desired, scope, paths),
    basisOf: async (plan) => planBasis(plan, paths),
    planRemoval: async (services) => planRemoval(services, scope, paths),
    apply,
    verdict,
    diagnose: async (change, given) => diagnoseProcess(change, given, scope, paths),
    status: () => processStatus(scope, paths),
    logs: (services, wanted, signal) => processLogs(services, wanted, signal, scope, paths),
    connect: (service, port, signal) => connectService(service, port, signal, scope, paths),
    locked: (work) => withDeployLock(scope, paths, work),
    close: async () => undefined,
  };

  async function apply(change: Change): Promise<void> {
    if (change.action === 'none') return;
    if (isSupervisor(change)) {
      await endIdleSupervisor(paths);
      return removeState(paths);
    }
    if (change.action === 'remove') rmSync(paths.spec(change.service!), { force: true });
    else writeSpec(change.desired as Draft);
    await reconcile(launch);
  }

  function writeSpec(draft: Draft): void {
    const { salt } = prepareState(paths);
    const { secretNames: _, reserved, ...rest } = draft;
    rememberPorts(paths, { ...reserved, [draft.service]: draft.ports });
    const secrets = hashSecrets(draft, salt);
    const spec: Spec = {
      version: 1,
      ...rest,
      generation: randomUUID(),
      digest: digestOf(draft, secrets),
      secrets,
      inherited: inheritedEnvironment(process.env),
      limits,
    };
    writeFileAtomic(paths.spec(draft.service), `${JSON.stringify(spec, null, 2)}\n`);
  }

  async function verdict(change: Change): Promise<Verdict> {
    if (isSupervisor(change)) {
      if (existsSync(paths.state)) return { readiness: 'progressing', reason: 'its files are still there' };
      return { readiness: 'ready', reason: 'gone' };
    }
    // The supervisor first: it ends by itself after the last service, and what it left is then already there to be seen.
    const supervisor = (await findSupervisor(paths)) !== undefined;
    const view = viewService(paths, change.service!);
    if (change.action === 'remove') return judgeRemoval({ ...view, supervisor });
    const port = view.alive ? view.observed?.process?.ports.http : undefined;
    const probe = port === undefined ? undefined : await probeReadiness(port);
    return judge({ ...view, supervisor, probe, now: Date.now() });
  }
}

import type { Verdict } from '../../core/readiness.ts';
import type { Scope, ServiceStatus } from '../target.ts';
import { judge, nextStartText } from './judge.ts';
import { probeReadiness } from './probe.ts';
import { type ServiceView, viewServices } from './service-view.ts';
import type { StatePaths } from './state-files.ts';
import { findSupervisor } from './supervisor-client.ts';

/** Every service that is to run here: what the system and the service itself say, never a file alone. */
export async function processStatus(scope: Scope, paths: StatePaths): Promise<ServiceStatus[]> {
  const views = viewServices(paths);
  if (views.length === 0) return [];
  const supervisor = (await findSupervisor(paths)) !== undefined;
  return Promise.all(views.map((view) => statusOf(view, supervisor, scope)));
}

async function statusOf(view: ServiceView, supervisor: boolean, scope: Scope): Promise<ServiceStatus> {
  const { service, spec, observed, alive } = view;
  const running = alive ? observed?.process : undefined;
  const probe = running ? await probeReadiness(running.ports.http) : undefined;
  const facts = { ...view, supervisor, probe, now: Date.now() };
  const verdict = spec ? judge(facts) : unfinishedRemoval(service, scope);
  const notes = [nextStartText(facts)];
  if (!supervisor)
    notes.push(
      `the supervisor is not running: crashed services are not restarted; cloudnative deploy -e ${scope.environment} repairs it`,
    );
  return {
    service,
    verdict,
    ready: verdict.readiness === 'ready' ? 1 : 0,
    wanted: spec ? 1 : 0,
    restarts: observed?.attempts.restarts ?? 0,
    image: spec?.build ?? '',
    ...(running ? { since: new Date(running.startedAt).toISOString() } : {}),
    ...(running ? { url: `http://127.0.0.1:${running.ports.http}` } : {}),
    notes: notes.filter(Boolean),
  };
}

/** Its spec is gone and the rest is not: an interrupted destroy, or one that is just at it. */
function unfinishedRemoval(service: string, { environment }: Scope): Verdict {
  const reason = `its removal has not ended: cloudnative destroy ${service} -e ${environment} ends it`;
  return { readiness: 'progressing', reason };
}

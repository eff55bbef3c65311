import type { Change } from '../../core/change.ts';
import type { Diagnosis, Verdict } from '../../core/readiness.ts';
import { plainText } from '../../core/terminal-text.ts';
import type { Scope } from '../target.ts';
import { readLog, tailStart } from './log-reader.ts';
import { supervisorId } from './plan-removal.ts';
import { type ServiceView, viewService } from './service-view.ts';
import type { StatePaths } from './state-files.ts';

const shownLines = 20;

/** Why a process does not become ready, or does not go, with the end of its log since it was last started. */
export function diagnoseProcess(
  change: Change,
  verdict: Verdict,
  scope: Scope,
  paths: StatePaths,
): Diagnosis {
  if (change.id === supervisorId(scope)) return diagnoseState(verdict, paths);
  const service = change.service!;
  const view = viewService(paths, service);
  const removal = change.action === 'remove';
  const where = `${scope.environment}, ${change.id}${view.alive ? `, pid ${view.observed!.process!.pid}` : ''}`;
  if (verdict.reason.includes('supervisor is not running'))
    return {
      message: `${service} cannot be seen to: ${verdict.reason}`,
      where: `${where}, ${paths.supervisorLog}`,
      why: ['the end of the supervisor’s log', ...lines(paths.supervisorLog, 0)],
      hints: ['run the same command again: it starts the supervisor, which takes over what still runs'],
    };
  const state = removal ? 'has not ended' : verdict.readiness === 'failed' ? 'cannot start' : 'is not ready';
  return {
    message: `${service} ${state}: ${verdict.reason}`,
    where,
    why: logOf(view, paths),
    hints: removal ? [`cloudnative logs ${service} -e ${scope.environment}`] : hintsFor(change, view, scope),
  };
}

function logOf({ service, observed }: ServiceView, paths: StatePaths): string[] {
  const found = lines(paths.log(service), observed?.attempts.logFrom ?? 0);
  return found.length > 0 ? ['last lines of its log', ...found] : ['it has written nothing to its log'];
}

function hintsFor(
  { action }: Change,
  { service, spec, observed }: ServiceView,
  { environment }: Scope,
): string[] {
  const problem = observed?.attempts.lastExit?.problem;
  const logs = `cloudnative logs ${service} -e ${environment}`;
  if (problem?.startsWith('port '))
    return [`end that process, then cloudnative deploy -e ${environment}`, logs];
  if (problem?.startsWith('there is no program'))
    return ['install it, or correct run: in its service.yaml', logs];
  if (action !== 'update') return [logs];
  // On one pair of ports the old process has to go before the new one can come.
  const gone = 'nothing of it serves now: its old process was ended first, both listen on the same ports';
  return spec ? [logs, gone] : [logs];
}

function diagnoseState({ reason }: Verdict, paths: StatePaths): Diagnosis {
  return {
    message: `the supervisor and its files are not gone: ${reason}`,
    where: paths.root,
    why: lines(paths.supervisorLog, 0),
    hints: ['run the same command again'],
  };
}

function lines(log: string, from: number): string[] {
  const reader = readLog(log, tailStart(log, shownLines, from).start);
  return [...reader.next(), reader.rest()].filter((line) => line !== '').map(plainText);
}

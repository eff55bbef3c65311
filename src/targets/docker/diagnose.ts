import type { Change } from '../../core/change.ts';
import type { Diagnosis, Verdict } from '../../core/readiness.ts';
import type { ContainerInspect } from '../../system/docker-engine.ts';
import { readContainerLog } from './container-log.ts';
import { removeContainer } from './containers.ts';
import { candidateName, containerName, type DockerPlace } from './names.ts';
import { inspectContainer, nameOf, observeContainers } from './observe.ts';

const shownLines = 20;

/** Why a change failed or is late, with the end of the container's log. A candidate that did not prove itself is removed then; what serves stays. */
export async function diagnoseContainer(
  change: Change,
  verdict: Verdict,
  place: DockerPlace,
  id: string | undefined,
): Promise<Diagnosis> {
  const service = change.service;
  if (!service)
    return {
      message: `${change.id} is not ready: ${verdict.reason}`,
      where: place.engine.describe(),
      why: [],
      hints: [],
    };
  const container = await inspectContainer(place, id ?? containerName(place, service));
  const log = container ? await lastLines(container, place) : [];
  const candidate = container !== undefined && nameOf(container) === candidateName(place, service);
  if (candidate) await removeContainer(container, place);
  const state =
    change.action === 'remove'
      ? 'is not gone'
      : verdict.readiness === 'failed'
        ? 'cannot start'
        : 'is not ready';
  return {
    message: `${service} ${state}: ${verdict.reason}`,
    where: `${place.environment}, container ${container ? nameOf(container) : containerName(place, service)}`,
    why: log.length > 0 ? ['last lines of its log', ...log] : ['it has written nothing to its log'],
    hints: [
      ...(candidate ? [await whatServes(service, place)] : []),
      ...(container && !candidate ? [`cloudnative logs ${service} -e ${place.environment}`] : []),
      `mend it, then: cloudnative deploy ${service} -e ${place.environment}`,
    ],
  };
}

async function whatServes(service: string, place: DockerPlace): Promise<string> {
  const running = (await observeContainers(place, service)).filter(({ State }) => State.Running);
  if (running.length === 0) return 'the new container was removed; nothing of it serves now';
  return `the new container was removed; ${nameOf(running[0]!)} serves as before`;
}

async function lastLines({ Id }: ContainerInspect, place: DockerPlace): Promise<string[]> {
  const found: string[] = [];
  const signal = AbortSignal.timeout(5_000);
  for await (const { text } of readContainerLog(place, Id, { follow: false, tail: shownLines, signal }))
    if (text) found.push(text);
  return found;
}

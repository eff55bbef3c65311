import type { ContainerInspect } from '../../system/docker-engine.ts';
import type { ServiceStatus } from '../target.ts';
import { isConnected } from './drift.ts';
import { judge } from './judge.ts';
import { type DockerPlace, networkName } from './names.ts';
import { nameOf, observeContainers, serviceOf, serving } from './observe.ts';
import { publishedPorts, reachableFromHere } from './published.ts';

/** Every service that has a container, whether the workspace still has it or not. */
export async function dockerStatus(place: DockerPlace): Promise<ServiceStatus[]> {
  const containers = await observeContainers(place);
  const services = [...new Set(containers.map((container) => serviceOf(container)!))].sort();
  return services.map((service) =>
    statusOf(
      service,
      containers.filter((container) => serviceOf(container) === service),
      place,
    ),
  );
}

function statusOf(
  service: string,
  containers: readonly ContainerInspect[],
  place: DockerPlace,
): ServiceStatus {
  const container = serving(containers, place, service)!;
  const { State, Config, RestartCount } = container;
  const runningFor = Date.now() - Date.parse(State.StartedAt);
  const verdict = judge(container, { runningFor, unhealthyForGood: true });
  const { http } = publishedPorts(container);
  const network = networkName(place);
  const notes = containers
    .filter((other) => other !== container)
    .map((other) => `${nameOf(other)} is left over from a deploy that did not end`);
  if (!isConnected(container, { network, service }))
    notes.push(`${nameOf(container)} is not on network ${network}: other services cannot find it`);
  if (verdict.readiness !== 'ready') notes.unshift(`${nameOf(container)}: ${verdict.reason}`);
  return {
    service,
    verdict,
    ready: verdict.readiness === 'ready' ? 1 : 0,
    wanted: 1,
    restarts: RestartCount,
    image: Config.Image,
    ...(State.Running ? { since: State.StartedAt } : {}),
    ...(http !== undefined && reachableFromHere(place.engine.address)
      ? { url: `http://127.0.0.1:${http}` }
      : {}),
    notes,
  };
}

import type { Change, Plan } from '../../core/change.ts';
import { callOrder } from '../../plan/call-order.ts';
import { containerId, type DockerPlace, networkId } from './names.ts';
import { observeContainers, observeNetwork, serviceOf } from './observe.ts';

/** Everything of the named services, callers before what they call; with no names, their network too. */
export async function planRemoval(
  services: readonly string[] | undefined,
  place: DockerPlace,
): Promise<Plan> {
  const [containers, network] = await Promise.all([observeContainers(place), observeNetwork(place)]);
  const wanted = containers.filter((container) => !services || services.includes(serviceOf(container)!));
  const names = [...new Set(wanted.map((container) => serviceOf(container)!))].sort();
  const envOf = (service: string) =>
    wanted.filter((one) => serviceOf(one) === service).flatMap(({ Config }) => Config.Env);
  const callees = callOrder(names.map((service) => ({ service, calls: calledBy(envOf(service)) })));
  const changes: Change[] = names.map((name) => ({
    id: containerId(name),
    action: 'remove',
    fields: [],
    service: name,
    after: names.filter((caller) => callees(caller).includes(name)).map(containerId),
  }));
  if (!services && network?.ours)
    changes.push({ id: networkId(place), action: 'remove', fields: [], after: changes.map(({ id }) => id) });
  return {
    version: 1,
    app: place.app,
    environment: place.environment,
    place: place.engine.describe(),
    changes,
  };
}

/** The services that a container was given addresses of. */
function calledBy(env: readonly string[]): string[] {
  return env.flatMap((entry) => /^[A-Z0-9_]+_URL=http:\/\/([a-z][a-z0-9-]*):\d+$/.exec(entry)?.[1] ?? []);
}

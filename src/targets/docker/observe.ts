import { labels } from '../../core/labels.ts';
import { mapLimit } from '../../core/limit.ts';
import type { ContainerInspect } from '../../system/docker-engine.ts';
import { isMissing } from '../../system/docker-errors.ts';
import type { Scope } from '../target.ts';
import { candidateName, containerName, type DockerPlace, networkName } from './names.ts';

/** Every container that carries the labels of the app and environment, and of the service when one is named; oldest first. */
export async function observeContainers(place: DockerPlace, service?: string): Promise<ContainerInspect[]> {
  const wanted = service === undefined ? ours(place) : [...ours(place), `${labels.service}=${service}`];
  const filters = { label: wanted };
  const list = await place.engine.call((docker) => docker.listContainers({ all: true, filters }));
  const found = await mapLimit(list, 8, ({ Id }) => inspectContainer(place, Id));
  return found
    .filter((container) => container !== undefined)
    .filter((container) => serviceOf(container) !== undefined)
    .sort((a, b) => (a.Created < b.Created ? -1 : 1));
}

/** By id or name; undefined when there is none. */
export async function inspectContainer(
  { engine }: DockerPlace,
  id: string,
): Promise<ContainerInspect | undefined> {
  return orMissing(engine.call((docker) => docker.getContainer(id).inspect()));
}

export interface Network {
  id: string;
  ours: boolean;
  /** Names of containers that are on it. */
  containers: string[];
}

/** The network with the app's name, whoever it belongs to. */
export async function observeNetwork(place: DockerPlace): Promise<Network | undefined> {
  const name = networkName(place);
  const list = await place.engine.call((docker) => docker.listNetworks({ filters: { name: [name] } }));
  const same = list.filter(({ Name }) => Name === name); // the engine's filter finds parts of names too
  const one = same.find(({ Labels }) => isOurs(Labels, place)) ?? same[0];
  const network =
    one && (await orMissing(place.engine.call((docker) => docker.getNetwork(one.Id).inspect())));
  if (!network) return undefined;
  const attached = Object.values((network.Containers ?? {}) as Record<string, { Name: string }>);
  return {
    id: network.Id,
    ours: isOurs(network.Labels, place),
    containers: attached.map(({ Name }) => Name).sort(),
  };
}

/** Id of the image a reference stands for on the engine now; undefined when it has none. */
export async function observeImage({ engine }: DockerPlace, reference: string): Promise<string | undefined> {
  return (await orMissing(engine.call((docker) => docker.getImage(reference).inspect())))?.Id;
}

export function isOurs(found: Readonly<Record<string, string>> | undefined | null, scope: Scope): boolean {
  return found?.[labels.app] === scope.app && found[labels.environment] === scope.environment;
}

export function nameOf({ Name }: ContainerInspect): string {
  return Name.replace(/^\//, '');
}

export function serviceOf({ Config }: ContainerInspect): string | undefined {
  return Config.Labels?.[labels.service];
}

/** Of the containers of one service the one that serves, or comes nearest to it; one that is still to prove itself only as the last. */
export function serving(
  containers: readonly ContainerInspect[],
  scope: Scope,
  service: string,
): ContainerInspect | undefined {
  const rank = (container: ContainerInspect) => {
    const name = nameOf(container);
    const named = name === containerName(scope, service) ? 2 : name === candidateName(scope, service) ? 0 : 1;
    return (container.State.Running ? 3 : 0) + named;
  };
  return [...containers].sort((a, b) => rank(b) - rank(a))[0];
}

function ours({ app, environment }: Scope): string[] {
  return [`${labels.app}=${app}`, `${labels.environment}=${environment}`];
}

async function orMissing<T>(promise: Promise<T>): Promise<T | undefined> {
  try {
    return await promise;
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

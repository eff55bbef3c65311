import type { ContainerInspect } from '../../system/docker-engine.ts';
import { EngineRefusal, isConflict, isMissing } from '../../system/docker-errors.ts';
import { nameTaken } from './name-taken.ts';
import { type DockerPlace, networkName } from './names.ts';
import { inspectContainer, nameOf, serviceOf } from './observe.ts';
import { type ContainerSpec, containerOptions, type SecretValues, stopTimeout } from './spec.ts';

export interface NewContainer {
  name: string;
  /** Whether the services that call it find it at once. */
  reachable: boolean;
  spec: ContainerSpec;
  secrets: SecretValues;
}

/** Creates and starts a container, and returns its id; one that cannot be started is removed again. Throws E_NAME_TAKEN (5). */
export async function runContainer(wanted: NewContainer, place: DockerPlace): Promise<string> {
  const { name } = wanted;
  const id = await createContainer(wanted, place);
  try {
    await startContainer({ id, name }, place);
    return id;
  } catch (error) {
    const created = await inspectContainer(place, id);
    if (created) await removeContainer(created, place);
    throw error;
  }
}

async function createContainer(
  { name, reachable, spec, secrets }: NewContainer,
  place: DockerPlace,
): Promise<string> {
  const options = {
    name,
    ...containerOptions(spec, secrets, place),
    NetworkingConfig: { EndpointsConfig: { [spec.network]: reachable ? { Aliases: [spec.service] } : {} } },
  };
  try {
    const { id } = await place.engine.call((docker) => docker.createContainer(options));
    return id;
  } catch (error) {
    if (isConflict(error)) throw nameTaken('container', name);
    throw naming(error, `container ${name} cannot be created`, name);
  }
}

export async function startContainer(
  container: { id: string; name: string },
  place: DockerPlace,
): Promise<void> {
  try {
    await place.engine.call((docker) => docker.getContainer(container.id).start());
  } catch (error) {
    if (error instanceof EngineRefusal && error.status === 304) return; // runs already
    throw naming(error, `container ${container.name} cannot be started`, container.name);
  }
}

/** Lets it finish its requests first, where somebody can have sent it some. Gone already is as good. */
export async function removeContainer(container: ContainerInspect, place: DockerPlace): Promise<void> {
  const { engine } = place;
  const known = Object.values(container.NetworkSettings.Networks).some(({ Aliases }) =>
    Aliases?.includes(serviceOf(container)),
  );
  const handle = (work: 'stop' | 'remove') =>
    engine.call<unknown>((docker) => {
      const one = docker.getContainer(container.Id);
      return work === 'stop' ? one.stop({ t: stopTimeout }) : one.remove({ force: true, v: true });
    });
  try {
    if (container.State.Paused) await unpauseContainer(container, place);
    if (container.State.Running && known) await handle('stop').catch(unlessStopped);
    await handle('remove');
  } catch (error) {
    // 409: somebody else removes it at this moment.
    if (isMissing(error) || isConflict(error)) return;
    throw naming(error, `container ${nameOf(container)} cannot be removed`, nameOf(container));
  }
}

export async function unpauseContainer({ Id }: ContainerInspect, { engine }: DockerPlace): Promise<void> {
  await engine.call((docker) => docker.getContainer(Id).unpause());
}

export async function renameContainer(
  container: ContainerInspect,
  name: string,
  { engine }: DockerPlace,
): Promise<void> {
  try {
    await engine.call((docker) => docker.getContainer(container.Id).rename({ name }));
  } catch (error) {
    throw isConflict(error) ? nameTaken('container', name) : error;
  }
}

/** Puts it on the app's network under the service's name; one that is there without the name is taken off first, as Docker cannot add one. */
export async function connectContainer(
  container: ContainerInspect,
  spec: ContainerSpec,
  place: DockerPlace,
): Promise<void> {
  const { Id, NetworkSettings } = container;
  const network = networkName(place);
  if (NetworkSettings.Networks[network])
    await place.engine.call((docker) => docker.getNetwork(network).disconnect({ Container: Id }));
  const options = { Container: Id, EndpointConfig: { Aliases: [spec.service] } };
  await place.engine.call((docker) => docker.getNetwork(network).connect(options));
}

function unlessStopped(error: unknown): void {
  if (!(error instanceof EngineRefusal && error.status === 304)) throw error;
}

/** The engine's refusal with what it was about. */
function naming(error: unknown, message: string, name: string): unknown {
  if (!(error instanceof EngineRefusal) || error.explanation.code !== 'E_ENGINE_REFUSED') return error;
  return new EngineRefusal({ ...error.explanation, message, where: `container ${name}` }, error.status);
}

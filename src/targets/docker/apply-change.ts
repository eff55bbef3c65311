import type { Change } from '../../core/change.ts';
import { ExpectedError, throwIfAborted } from '../../core/errors.ts';
import { labels } from '../../core/labels.ts';
import type { ContainerInspect } from '../../system/docker-engine.ts';
import { isConflict, isMissing } from '../../system/docker-errors.ts';
import {
  connectContainer,
  removeContainer,
  renameContainer,
  runContainer,
  startContainer,
  unpauseContainer,
} from './containers.ts';
import { repairsOf, whyReplaced } from './drift.ts';
import { nameTaken } from './name-taken.ts';
import { candidateName, containerName, type DockerPlace, networkId, networkName } from './names.ts';
import { nameOf, observeContainers, observeImage, observeNetwork, serving } from './observe.ts';
import { readSecrets } from './secrets.ts';
import type { ContainerSpec } from './spec.ts';

/** Carries out one change; returns the id of the container that has to become ready, if there is one. Run again after a kill at any point, it goes on from there. */
export async function applyChange(
  change: Change,
  place: DockerPlace,
  signal: AbortSignal,
): Promise<string | undefined> {
  throwIfAborted(signal);
  if (change.action === 'none') return undefined;
  if (change.id === networkId(place)) {
    await (change.action === 'remove' ? removeNetwork(place) : createNetwork(place));
    return undefined;
  }
  if (change.action === 'remove') {
    await Promise.all(
      (await observeContainers(place, change.service)).map((one) => removeContainer(one, place)),
    );
    return undefined;
  }
  const spec = change.desired as ContainerSpec;
  return change.action === 'update' ? repair(spec, place, signal) : provide(spec, place, signal);
}

async function createNetwork(place: DockerPlace): Promise<void> {
  const Name = networkName(place);
  const Labels = { [labels.app]: place.app, [labels.environment]: place.environment };
  try {
    await place.engine.call((docker) =>
      docker.createNetwork({ Name, CheckDuplicate: true, Driver: 'bridge', Labels }),
    );
  } catch (error) {
    if (!isConflict(error)) throw error;
    if (!(await observeNetwork(place))?.ours) throw nameTaken('network', Name);
  }
}

async function removeNetwork(place: DockerPlace): Promise<void> {
  const network = await observeNetwork(place);
  if (!network?.ours) return;
  if (network.containers.length > 0)
    throw new ExpectedError({
      code: 'E_IN_USE',
      exit: 'conflict',
      message: `network ${networkName(place)} is still used by containers that are not of this app`,
      where: `network ${networkName(place)}`,
      why: network.containers,
      hints: network.containers.map((name) => `docker network disconnect ${networkName(place)} ${name}`),
    });
  await place.engine
    .call((docker) => docker.getNetwork(network.id).remove())
    .catch((error: unknown) => {
      if (!isMissing(error)) throw error;
    });
}

/** Makes right what someone did to a container that may stay, then removes what is left over beside it. */
async function repair(spec: ContainerSpec, place: DockerPlace, signal: AbortSignal): Promise<string> {
  const found = await observeContainers(place, spec.service);
  const container = serving(found, place, spec.service);
  if (!container) return provide(spec, place, signal);
  const others = found.filter((other) => other !== container);
  for (const one of repairsOf(container, spec, place)) {
    throwIfAborted(signal);
    if (one === 'unpause') await unpauseContainer(container, place);
    if (one === 'connect') await connectContainer(container, spec, place);
    if (one === 'rename') await takeName(container, others, spec, place);
    if (one === 'start') await startContainer({ id: container.Id, name: nameOf(container) }, place);
  }
  for (const other of others) await removeContainer(other, place);
  return container.Id;
}

/** A first container under the service's name, or a candidate beside the one that serves, which stays until `promote`. */
async function provide(spec: ContainerSpec, place: DockerPlace, signal: AbortSignal): Promise<string> {
  const secrets = readSecrets([spec]).get(spec.service)!;
  const [found, network, imageId] = await Promise.all([
    observeContainers(place, spec.service),
    observeNetwork(place),
    observeImage(place, spec.image),
  ]);
  const candidate = found.find((one) => nameOf(one) === candidateName(place, spec.service));
  const others = found.filter((one) => one !== candidate);
  if (
    candidate &&
    whyReplaced(candidate, { spec, secrets, imageId, network }) === undefined &&
    !candidate.State.Paused
  ) {
    await startContainer({ id: candidate.Id, name: nameOf(candidate) }, place);
    return candidate.Id;
  }
  const keep = serving(found, place, spec.service);
  if (candidate && keep === candidate) {
    // A killed deploy had stopped its predecessor: this one serves.
    await takeName(candidate, others, spec, place);
    for (const other of others) await removeContainer(other, place);
  } else if (candidate) await removeContainer(candidate, place);
  throwIfAborted(signal);
  const name = keep ? candidateName(place, spec.service) : containerName(place, spec.service);
  return runContainer({ name, reachable: keep === undefined, spec, secrets }, place);
}

/**
 * Puts a candidate that proved itself in its predecessor's place: callers find both for a moment, then the old one is
 * stopped, which finishes its requests. Returns false when the container is in its place already.
 */
export async function promote(
  candidate: ContainerInspect,
  spec: ContainerSpec,
  place: DockerPlace,
): Promise<boolean> {
  if (nameOf(candidate) === containerName(place, spec.service)) return false;
  const others = (await observeContainers(place, spec.service)).filter(({ Id }) => Id !== candidate.Id);
  if (repairsOf(candidate, spec, place).includes('connect')) await connectContainer(candidate, spec, place);
  for (const other of others) await removeContainer(other, place);
  await renameContainer(candidate, containerName(place, spec.service), place);
  return true;
}

async function takeName(
  container: ContainerInspect,
  others: readonly ContainerInspect[],
  spec: ContainerSpec,
  place: DockerPlace,
): Promise<void> {
  const name = containerName(place, spec.service);
  const holder = others.find((other) => nameOf(other) === name);
  if (holder) await removeContainer(holder, place);
  await renameContainer(container, name, place);
}

import { ExpectedError } from '../../core/errors.ts';
import { notDeployed } from '../../core/not-deployed.ts';
import { notReady } from '../../core/not-ready.ts';
import { dialLocal } from '../../system/tcp.ts';
import type { Ports } from '../../workspace/model.ts';
import type { Connection } from '../target.ts';
import { judge } from './judge.ts';
import type { DockerPlace } from './names.ts';
import { nameOf, observeContainers, serving } from './observe.ts';
import { publishedPorts, reachableFromHere } from './published.ts';

/** Connects to the container that serves now, at the port of this machine that the engine chose for it: each new container has another. */
export async function connectService(
  service: string,
  port: keyof Ports,
  signal: AbortSignal,
  place: DockerPlace,
): Promise<Connection> {
  if (!reachableFromHere(place.engine.address)) throw elsewhere(service, place);
  const container = serving(await observeContainers(place, service), place, service);
  if (!container) throw notDeployed([service], place);
  const name = nameOf(container);
  const runningFor = Date.now() - Date.parse(container.State.StartedAt);
  const verdict = judge(container, { runningFor, unhealthyForGood: true });
  if (port === 'http' && verdict.readiness !== 'ready')
    throw notReady(service, `${name}: ${verdict.reason}`, place);
  const published = publishedPorts(container)[port];
  if (published === undefined)
    throw notReady(service, `${name} has no ${port} port on this machine now`, place);
  try {
    return { instance: `Container/${name}`, stream: await dialLocal(published, signal) };
  } catch (error) {
    if (signal.aborted) throw error;
    throw notReady(service, `${name} does not answer on port ${published}`, place);
  }
}

function elsewhere(service: string, { engine }: DockerPlace): ExpectedError {
  const { hostname } = new URL(engine.address);
  return new ExpectedError({
    code: 'E_NO_WAY',
    exit: 'notFound',
    message: `${service} cannot be reached from this machine`,
    where: engine.address,
    why: `its ports are published on 127.0.0.1 of ${hostname} only`,
    hints: [`run this command on ${hostname}, or lead the port here: ssh -L`],
  });
}

import type { Change, FieldChange, Plan } from '../../core/change.ts';
import { mapLimit } from '../../core/limit.ts';
import { callOrder } from '../../plan/call-order.ts';
import type { ContainerInspect } from '../../system/docker-engine.ts';
import type { DesiredService } from '../target.ts';
import { fieldChanges, repairNote, repairsOf, type Wanted, whyReplaced } from './drift.ts';
import { nameTaken } from './name-taken.ts';
import {
  candidateName,
  containerId,
  containerName,
  type DockerPlace,
  networkId,
  networkName,
} from './names.ts';
import {
  inspectContainer,
  isOurs,
  type Network,
  nameOf,
  observeContainers,
  observeImage,
  observeNetwork,
  serviceOf,
  serving,
} from './observe.ts';
import { readSecrets } from './secrets.ts';
import { specOf } from './spec.ts';

const usualHttpPort = 8080;

/** What would have to be done for these services to run as desired. Throws E_SECRET_MISSING (4) and E_NAME_TAKEN (5). */
export async function planContainers(desired: readonly DesiredService[], place: DockerPlace): Promise<Plan> {
  const [containers, network] = await Promise.all([observeContainers(place), observeNetwork(place)]);
  const ports = httpPorts(desired, containers);
  const specs = desired.map((one) => specOf(one, calledPorts(one, ports), place));
  const secrets = readSecrets(specs);
  if (network && !network.ours) throw nameTaken('network', networkName(place));
  const order = callOrder(desired.map(({ service }) => ({ service: service.name, calls: service.calls })));
  const changes = await mapLimit(specs, 4, async (spec, index): Promise<Change> => {
    const pending = desired[index]!.artifact.pending;
    const imageId = pending ? undefined : await observeImage(place, spec.image);
    const wanted: Wanted = { spec, secrets: secrets.get(spec.service)!, imageId, network };
    const found = containers.filter((container) => serviceOf(container) === spec.service);
    return {
      id: containerId(spec.service),
      ...(await compare(found, wanted, place)),
      service: spec.service,
      after: [networkId(place), ...order(spec.service).map(containerId)],
      desired: spec,
    };
  });
  return {
    version: 1,
    app: place.app,
    environment: place.environment,
    place: place.engine.describe(),
    changes: [networkChange(network, place), ...changes],
  };
}

function networkChange(network: Network | undefined, place: DockerPlace): Change {
  return { id: networkId(place), action: network ? 'none' : 'create', fields: [], after: [] };
}

type Comparison = Pick<Change, 'action' | 'fields' | 'note'>;

async function compare(
  found: readonly ContainerInspect[],
  wanted: Wanted,
  place: DockerPlace,
): Promise<Comparison> {
  const { spec } = wanted;
  await refuseForeign(spec.service, place);
  const container = serving(found, place, spec.service);
  if (!container) {
    const note = wanted.network && 'new, or removed by someone';
    return { action: 'create', fields: created(wanted), ...(note ? { note } : {}) };
  }
  const reason = whyReplaced(container, wanted);
  const leftovers = found.filter((other) => other !== container);
  const extra = leftovers.length > 0 ? `left over: ${leftovers.map(nameOf).join(', ')}` : '';
  if (reason !== undefined) {
    const image = await place.engine
      .call((docker) => docker.getImage(container.Image).inspect())
      .catch(() => undefined);
    const fields = fieldChanges(container, wanted, image?.Config.Env ?? []);
    return { action: 'replace', fields, ...noted(reason, extra) };
  }
  const repairs = repairsOf(container, spec, place);
  if (repairs.length === 0 && extra === '') return { action: 'none', fields: [] };
  return { action: 'update', fields: [], ...noted(repairNote(container, repairs), extra) };
}

function created({ spec, imageId }: Wanted): FieldChange[] {
  return [
    { path: 'image', after: imageId === undefined ? 'will be built' : spec.image },
    { path: 'ports', after: `http ${spec.ports.http}, admin ${spec.ports.admin}` },
  ];
}

function noted(...notes: string[]): { note?: string } {
  const said = notes.filter(Boolean).join('; ');
  return said ? { note: said } : {};
}

/** A container of somebody else with a name that we need: found before anything is written. */
async function refuseForeign(service: string, place: DockerPlace): Promise<void> {
  for (const name of [containerName(place, service), candidateName(place, service)]) {
    const container = await inspectContainer(place, name);
    if (
      container &&
      nameOf(container) === name &&
      !(isOurs(container.Config.Labels, place) && serviceOf(container) === service)
    )
      throw nameTaken('container', name);
  }
}

/** Where called services listen: as desired, or as they run when this deploy leaves them alone. */
function httpPorts(
  desired: readonly DesiredService[],
  containers: readonly ContainerInspect[],
): Map<string, number> {
  const ports = new Map<string, number>();
  for (const container of containers) {
    const port = /^HTTP_PORT=(\d+)$/m.exec(container.Config.Env.join('\n'))?.[1];
    if (port) ports.set(serviceOf(container)!, Number(port));
  }
  for (const { service } of desired) ports.set(service.name, service.ports.http);
  return ports;
}

function calledPorts(
  { service }: DesiredService,
  ports: ReadonlyMap<string, number>,
): Record<string, number> {
  return Object.fromEntries(service.calls.map((callee) => [callee, ports.get(callee) ?? usualHttpPort]));
}

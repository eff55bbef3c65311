import type { Basis, ChangeBasis } from '../../core/basis.ts';
import type { Change, Plan } from '../../core/change.ts';
import { mapLimit } from '../../core/limit.ts';
import type { DockerPlace } from './names.ts';
import { nameOf, observeContainers, observeNetwork, serving } from './observe.ts';
import { readSecrets } from './secrets.ts';
import type { ContainerSpec } from './spec.ts';

/** A container never changes what it was made from, so its id stands for all of that. */
export async function planBasis(plan: Plan, place: DockerPlace): Promise<Basis> {
  const changes = await mapLimit(plan.changes, 4, async (change): Promise<[string, ChangeBasis]> => {
    const { service } = change;
    const basis =
      service === undefined ? await networkBasis(place) : await containerBasis(change, service, place);
    return [change.id, basis];
  });
  return { changes: new Map(changes) };
}

async function networkBasis(place: DockerPlace): Promise<ChangeBasis> {
  const network = await observeNetwork(place);
  return { ...(network ? { uid: network.id } : {}), wanted: null };
}

async function containerBasis(
  { action, desired }: Change,
  service: string,
  place: DockerPlace,
): Promise<ChangeBasis> {
  const spec = desired as ContainerSpec;
  // Where the .env files are is another question on every machine.
  const { secretFiles: _, ...wanted } = spec;
  const found = await observeContainers(place, service);
  const container = serving(found, place, service);
  return {
    ...(container ? { uid: container.Id } : {}),
    wanted: { ...wanted, secrets: readSecrets([spec]).get(service) },
    found: {
      leftovers: found.flatMap(({ Id }) => (Id === container?.Id ? [] : Id)).sort(),
      ...(action === 'update' && container
        ? { status: container.State.Status, name: nameOf(container) }
        : {}),
    },
  };
}

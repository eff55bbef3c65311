import type { Builder, Publisher } from '../builds/builder.ts';
import { mapLimit } from '../core/limit.ts';
import type { DesiredService } from '../targets/target.ts';
import type { Environment, Service } from '../workspace/model.ts';

/** How an environment gets its artifacts: built, and pushed where the place pulls from a registry. */
export interface Supply {
  builder: Builder;
  publisher?: Publisher;
}

/** The services as the environment wants them, with the artifact that is already there or a pending one. Builds nothing. */
export async function desiredServices(
  services: readonly Service[],
  environment: Environment,
  { builder, publisher }: Supply,
): Promise<DesiredService[]> {
  return mapLimit(services, 4, async (service) => {
    const built = await builder.find(service);
    const artifact = publisher
      ? ((await publisher.find(service, built)) ?? { ...built, pending: true })
      : built;
    return desiredService(service, environment, artifact);
  });
}

export function desiredService(
  service: Service,
  environment: Environment,
  artifact: DesiredService['artifact'],
): DesiredService {
  const override = environment.services[service.name] ?? {};
  return {
    service,
    env: { ...service.env, ...override.env },
    manifests: override.manifests ?? service.manifests,
    pinnedPorts: override.ports ?? {},
    artifact,
  };
}

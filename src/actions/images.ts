import type { Emit } from '../core/events.ts';
import { mapLimit } from '../core/limit.ts';
import type { Artifact } from '../targets/target.ts';
import type { Service } from '../workspace/model.ts';
import type { Supply } from './desired.ts';
import { buildService, pushService } from './supply-artifacts.ts';

export interface ImagesResult {
  images: readonly { service: string; reference: string }[];
}

/** Builds the images of the services, and pushes them where the supply has a publisher. Unchanged inputs are skipped. */
export async function images(
  options: { services: readonly Service[] },
  deps: { supply: Supply; emit: Emit; signal: AbortSignal },
): Promise<ImagesResult> {
  const { publisher } = deps.supply;
  const artifacts = await mapLimit(options.services, 2, async (service): Promise<[string, Artifact]> => {
    const built = await buildService(service, deps.supply, deps);
    return [service.name, publisher ? await pushService(service, built, publisher, deps) : built];
  });
  return {
    images: artifacts.map(([service, artifact]) => ({
      service,
      reference: referenceOf(artifact),
    })),
  };
}

function referenceOf(artifact: Artifact): string {
  if (artifact.kind === 'none') return '';
  return artifact.kind === 'image' ? artifact.reference : artifact.digest;
}

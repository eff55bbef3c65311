import { throwIfAborted } from '../core/errors.ts';
import type { Emit } from '../core/events.ts';
import { mapLimit } from '../core/limit.ts';
import type { DesiredService } from '../targets/target.ts';
import type { Environment } from '../workspace/model.ts';
import { desiredService, type Supply } from './desired.ts';

interface Deps {
  emit: Emit;
  signal: AbortSignal;
}

/** Builds and pushes what is pending, two services at a time; callees come first only in what is told, not in what depends. */
export async function supplyArtifacts(
  desired: readonly DesiredService[],
  environment: Environment,
  supply: Supply,
  deps: Deps,
): Promise<DesiredService[]> {
  return mapLimit(desired, 2, async (wanted) => {
    throwIfAborted(deps.signal);
    if (!wanted.artifact.pending) return wanted;
    const { service } = wanted;
    const built = await buildService(service, supply, deps);
    const artifact = supply.publisher ? await pushService(service, built, supply.publisher, deps) : built;
    return desiredService(service, environment, artifact);
  });
}

export async function buildService(
  service: DesiredService['service'],
  { builder }: Pick<Supply, 'builder'>,
  { emit, signal }: Deps,
): Promise<DesiredService['artifact']> {
  const started = Date.now();
  const onProgress = (detail: string) =>
    emit({ type: 'started', subject: service.name, step: 'build', detail });
  onProgress('');
  const { artifact, detail, skipped } = await builder.build(service, { signal, onProgress });
  emit({ type: 'built', service: service.name, detail, ms: Date.now() - started, skipped });
  return artifact;
}

export async function pushService(
  service: DesiredService['service'],
  built: DesiredService['artifact'],
  publisher: NonNullable<Supply['publisher']>,
  { emit, signal }: Deps,
): Promise<DesiredService['artifact']> {
  const started = Date.now();
  emit({ type: 'started', subject: service.name, step: 'push', detail: '' });
  const { artifact, detail, skipped } = await publisher.publish(service, built, { signal });
  emit({ type: 'pushed', service: service.name, detail, ms: Date.now() - started, skipped });
  return artifact;
}

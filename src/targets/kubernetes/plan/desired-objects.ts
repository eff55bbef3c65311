import { badManifests } from '../../../core/bad-manifests.ts';
import {
  apiGroup,
  type KubernetesObject,
  type Manifest,
  manifestAt,
  type ReadManifests,
} from '../../../core/kubernetes-object.ts';
import { mapLimit } from '../../../core/limit.ts';
import { pendingImage } from '../../../manifests/image.ts';
import { prepareManifests } from '../../../manifests/prepare-manifests.ts';
import type { PullSecret } from '../../../manifests/pull-secret.ts';
import type { DesiredService } from '../../target.ts';
import type { Cluster } from '../cluster.ts';

/** An object of a service as it shall be, still without its namespace. */
export interface DesiredObject extends Manifest {
  service: string;
}

/** Reads and completes the manifests of all services. Throws E_MANIFEST (3) with what is wrong with any of them. */
export async function desiredObjects(
  desired: readonly DesiredService[],
  { scope, namespace }: Pick<Cluster, 'scope' | 'namespace'>,
  {
    readManifests,
    registry,
    pullSecret,
  }: { readManifests: ReadManifests; registry?: string; pullSecret?: Promise<PullSecret | undefined> },
): Promise<DesiredObject[]> {
  const prepared = await mapLimit(desired, 4, async ({ service, manifests: folder, artifact, env }) => {
    if (artifact.kind === 'command') throw new Error(`${service.name} was built for another kind of place`);
    const built = artifact.kind === 'image' && !artifact.pending ? artifact.reference : undefined;
    const names = [service.name, ...(registry ? [`${registry}/${service.name}`] : [])];
    const read = await readManifests(folder, { name: service.name, namespace });
    const completion = {
      ...scope,
      service: service.name,
      image: artifact.pending ? pendingImage(service.name) : built,
      imageNames: names,
      env,
      pullSecret: await pullSecret,
    };
    const { manifests, problems } = prepareManifests(read, completion);
    return { objects: manifests.map((manifest) => ({ ...manifest, service: service.name })), problems };
  });
  const objects = prepared.flatMap((one) => one.objects);
  const problems = [...prepared.flatMap((one) => one.problems), ...sharedObjects(objects)];
  if (problems.length > 0) throw badManifests(problems);
  return objects;
}

/** One object in the manifests of two services would be a tug of war. */
function sharedObjects(objects: readonly DesiredObject[]): string[] {
  const first = new Map<string, DesiredObject>();
  return objects.flatMap((desired) => {
    const key = objectKey(desired.object);
    const earlier = first.get(key);
    if (!earlier) first.set(key, desired);
    return earlier
      ? [
          `${manifestAt(desired)} of ${desired.service} is also in ${earlier.file}:${earlier.line} of ${earlier.service}`,
        ]
      : [];
  });
}

function objectKey(object: KubernetesObject): string {
  return `${apiGroup(object)} ${object.kind} ${object.metadata.name}`;
}

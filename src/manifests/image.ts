import { type Manifest, manifestAt } from '../core/kubernetes-object.ts';
import { containersOf, podSpecOf } from './pod-specs.ts';
import type { Completion } from './prepare-manifests.ts';

/** Stands for the image of a service that is not built yet; of a form that the API takes. */
export function pendingImage(service: string): string {
  return `${service}:will-be-built`;
}

/** Puts the service's image where a container names it. Tells when there are containers, and none does: the build would be in vain. */
export function setImage(
  manifests: readonly Manifest[],
  { service, image, imageNames }: Pick<Completion, 'service' | 'image' | 'imageNames'>,
): string[] {
  if (image === undefined) return [];
  let workload: Manifest | undefined;
  let used = false;
  for (const manifest of manifests) {
    const spec = podSpecOf(manifest.object);
    if (!spec) continue;
    workload ??= manifest;
    for (const container of containersOf(spec)) {
      if (!container.image || !imageNames.includes(repositoryOf(container.image))) continue;
      container.image = image;
      used = true;
    }
  }
  if (!workload || used) return [];
  return [`${manifestAt(workload)}: no container has the image ${service}, so none would run what is built`];
}

/** An image's name without its tag and digest. */
export function repositoryOf(image: string): string {
  return image.replace(/@.*$/, '').replace(/:[^:/]*$/, '');
}

import type { Manifest } from '../core/kubernetes-object.ts';
import { containersOf, podSpecOf } from './pod-specs.ts';

export interface PullSecret {
  name: string;
  /** E.g. `registry.example.com:5000`. */
  host: string;
}

/** Names the secret in every pod that runs the service's own image or another one of the same registry; others need not be touched. */
export function addPullSecret(
  manifests: readonly Manifest[],
  { image, pullSecret }: { image?: string; pullSecret?: PullSecret },
): void {
  if (!pullSecret) return;
  for (const { object } of manifests) {
    const spec = podSpecOf(object);
    const pulls =
      spec &&
      containersOf(spec).some(
        (one) => one.image && (one.image === image || one.image.startsWith(`${pullSecret.host}/`)),
      );
    const known = spec?.imagePullSecrets ?? [];
    if (pulls && !known.some(({ name }) => name === pullSecret.name))
      spec.imagePullSecrets = [...known, { name: pullSecret.name }];
  }
}

import type { Manifest } from '../core/kubernetes-object.ts';
import { labels, managedBy } from '../core/labels.ts';
import type { EnvValue } from '../workspace/model.ts';
import { mergeEnv } from './env.ts';
import { setImage } from './image.ts';
import { addPullSecret, type PullSecret } from './pull-secret.ts';
import { encodeSecretData } from './secret-data.ts';
import { versionNames } from './versioned-names.ts';

/** What a service's manifests are completed with. */
export interface Completion {
  app: string;
  environment: string;
  service: string;
  /** Reference of the service's image: `repository@sha256:…`, or the placeholder of one that is not built yet; absent: images stay as written. */
  image?: string;
  /** Image names, without tag, that stand for it in a manifest. */
  imageNames: readonly string[];
  env: Readonly<Record<string, EnvValue>>;
  /** For the pods that pull from the environment's registry. */
  pullSecret?: PullSecret;
}

/**
 * A service's manifests as they are applied: as written, but for the image, our labels (on the objects, never in pod templates), the
 * service's `env`, the pull secret, the names of versioned ConfigMaps and Secrets, and `stringData` as the server stores it. The given
 * ones stay as they are.
 */
export function prepareManifests(
  manifests: readonly Manifest[],
  completion: Completion,
): { manifests: Manifest[]; problems: string[] } {
  const prepared = manifests.map((manifest) => ({ ...manifest, object: structuredClone(manifest.object) }));
  for (const { object } of prepared) {
    object.metadata.labels = { ...object.metadata.labels, ...ownLabels(completion) };
  }
  const problems = [...setImage(prepared, completion), ...mergeEnv(prepared, completion)];
  const objects = prepared.map(({ object }) => object);
  addPullSecret(prepared, completion);
  versionNames(objects);
  for (const object of objects) encodeSecretData(object);
  return { manifests: prepared, problems };
}

function ownLabels({ app, environment, service }: Completion): Record<string, string> {
  return {
    [labels.app]: app,
    [labels.environment]: environment,
    [labels.service]: service,
    [managedBy]: 'cloudnative',
  };
}

import type { Change } from '../../../core/change.ts';
import { ExpectedError } from '../../../core/errors.ts';
import type { KubernetesObject } from '../../../core/kubernetes-object.ts';
import { labels, managedBy } from '../../../core/labels.ts';
import { podSpecOf } from '../../../manifests/pod-specs.ts';
import type { Credentials } from '../../../system/registry-credentials.ts';
import { isForbidden } from '../api/api-error.ts';
import { type Cluster, getObject, ownFields } from '../cluster.ts';
import { namespacePath } from '../home.ts';
import type { KeepStep } from '../step.ts';
import type { DesiredObject } from './desired-objects.ts';

export interface PullSecretOptions {
  /** The environment's registry, e.g. `registry.example.com:5000`; the secret is for no other. */
  host: string;
  /** Only where one is to be made. */
  credentials?: () => Promise<Credentials>;
}

/** What of the secret there is, or will be. `unknown`: we may not look. */
export type PullSecretState = 'wanted' | 'there' | 'absent' | 'unknown';

/** Once made, pods go on naming it in every later deploy, from whatever machine. */
export async function pullSecretState(
  cluster: Cluster,
  options: PullSecretOptions | undefined,
): Promise<PullSecretState> {
  if (!options) return 'absent';
  if (options.credentials) return 'wanted';
  const { app, environment } = cluster.scope;
  try {
    const live = await getObject(cluster, secretPath(cluster));
    const own = live?.metadata.labels;
    const ours = own?.[labels.app] === app && own[labels.environment] === environment;
    return live && ours && ownFields(live) ? 'there' : 'absent';
  } catch (error) {
    if (isForbidden(error)) return 'unknown';
    throw error;
  }
}

export function pullSecretName({ scope }: Pick<Cluster, 'scope'>): string {
  return `${scope.app}-${scope.environment}-pull`;
}

/** The secret with what this machine would log in with. Throws E_CREDENTIALS (6) where there is nothing that a node could use. */
export async function desiredPullSecret(
  cluster: Pick<Cluster, 'scope'>,
  { host, credentials }: PullSecretOptions,
): Promise<DesiredObject[]> {
  if (!credentials) return [];
  const { username, password, identitytoken, serveraddress = host } = await credentials();
  if (identitytoken)
    throw unusable(host, 'what docker keeps for it is an identity token, which nodes cannot use');
  if (username === undefined || password === undefined) throw unusable(host, 'docker keeps none for it');
  const base64 = (text: string) => Buffer.from(text).toString('base64');
  const auths = { [serveraddress]: { username, password, auth: base64(`${username}:${password}`) } };
  const object: KubernetesObject = {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: {
      name: pullSecretName(cluster),
      labels: {
        [labels.app]: cluster.scope.app,
        [labels.environment]: cluster.scope.environment,
        [managedBy]: 'cloudnative',
      },
    },
    type: 'kubernetes.io/dockerconfigjson',
    data: { '.dockerconfigjson': base64(JSON.stringify({ auths })) },
  };
  return [{ object, service: '', file: '--pull-secret', line: 1 }];
}

/** Part of what is wanted also when nobody asks for it anew. */
export function keptPullSecret(cluster: Cluster): Change {
  const desired: KeepStep = { do: 'keep' };
  const note = 'kept: pods pull their images with it';
  return { id: `Secret/${pullSecretName(cluster)}`, action: 'none', fields: [], note, after: [], desired };
}

/** Where we may not look for the secret, pods that name it go on doing so. */
export async function keepReferences<T extends { object: KubernetesObject; path: string }>(
  placed: readonly T[],
  cluster: Cluster,
): Promise<T[]> {
  const name = pullSecretName(cluster);
  return Promise.all(
    placed.map(async (one) => {
      if (!podSpecOf(one.object)) return one;
      const live = await getObject(cluster, one.path);
      const named = live && podSpecOf(live)?.imagePullSecrets?.some((secret) => secret.name === name);
      if (!named) return one;
      const object = structuredClone(one.object);
      const spec = podSpecOf(object)!;
      const others = (spec.imagePullSecrets ?? []).filter((secret) => secret.name !== name);
      spec.imagePullSecrets = [...others, { name }];
      return { ...one, object };
    }),
  );
}

function secretPath(cluster: Cluster): string {
  return `${namespacePath(cluster.namespace)}/secrets/${encodeURIComponent(pullSecretName(cluster))}`;
}

function unusable(host: string, why: string): ExpectedError {
  return new ExpectedError({
    code: 'E_CREDENTIALS',
    exit: 'auth',
    message: `there are no credentials of ${host} for a pull secret`,
    where: 'config.json of docker',
    why,
    hints: [`docker login ${host}        with a name and a password or access token`],
  });
}

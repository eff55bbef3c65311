import { apiGroup, type KubernetesObject } from '../../../core/kubernetes-object.ts';
import { type Cluster, getObject } from '../cluster.ts';

/** Milliseconds that the controller of a custom resource has to say something about it; there may be none. */
export const reportPatience = 10_000;

/** A custom resource whose kind has a status, which nobody has written yet: its controller may be starting just now. */
export async function isUnreported(
  { status, apiVersion }: KubernetesObject,
  path: string,
  cluster: Pick<Cluster, 'api'>,
  signal: AbortSignal,
): Promise<boolean> {
  const group = apiGroup({ apiVersion });
  if (status !== undefined || !group.includes('.') || group.endsWith('.k8s.io')) return false;
  const name = `${path.split('/').at(-2)}.${group}`;
  const definitions = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';
  // Not everybody may look at definitions.
  const definition = await getObject(cluster, `${definitions}/${name}`, signal).catch(() => undefined);
  const { versions = [] } = (definition?.spec ?? {}) as {
    versions?: { name: string; subresources?: { status?: object } }[];
  };
  return versions.some(
    (version) => `${group}/${version.name}` === apiVersion && version.subresources?.status,
  );
}

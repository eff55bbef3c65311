import type { KubernetesObject } from '../../../src/core/kubernetes-object.ts';

/**
 * The pod and the claims that the cluster makes of a StatefulSet. An older API server, such as 1.30, takes a StatefulSet without
 * looking at what is in its templates, and refuses all that is made of them later. Nothing for other kinds.
 */
export function statefulSetParts({ kind, metadata, spec }: KubernetesObject): KubernetesObject[] {
  if (kind !== 'StatefulSet') return [];
  const { template, volumeClaimTemplates } = (spec ?? {}) as Templates;
  const claims = list(volumeClaimTemplates).filter((one) => one?.metadata);
  const volumes = claims.map(({ metadata: { name } }) => ({
    name,
    persistentVolumeClaim: { claimName: 'claim' },
  }));
  const podSpec = template?.spec && {
    ...template.spec,
    volumes: [...list(template.spec.volumes), ...volumes],
  };
  const pod = { apiVersion: 'v1', kind: 'Pod', metadata: { name: `${metadata.name}-0` }, spec: podSpec };
  return [
    pod,
    ...claims.map((one) => ({ ...one, apiVersion: 'v1', kind: 'PersistentVolumeClaim' })),
  ] as KubernetesObject[];
}

interface Templates {
  template?: { spec?: { volumes?: unknown } } | null;
  volumeClaimTemplates?: unknown;
}

function list(value: unknown): { metadata: { name: string } }[] {
  return Array.isArray(value) ? value : [];
}

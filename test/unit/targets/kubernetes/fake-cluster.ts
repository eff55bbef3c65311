import type { KubernetesObject } from '../../../../src/core/kubernetes-object.ts';
import { ApiError } from '../../../../src/targets/kubernetes/api/api-error.ts';
import { type Discovery, pathOf, type Resource } from '../../../../src/targets/kubernetes/api/discovery.ts';
import type { Cluster } from '../../../../src/targets/kubernetes/cluster.ts';
import { kubectlCommand } from '../../../../src/targets/kubernetes/kubectl-command.ts';

/** A cluster in memory that answers what planning asks: lists, looks and dry runs. */
export function fakeCluster(
  objects: readonly KubernetesObject[],
  { fixed = () => false }: { fixed?: (object: KubernetesObject) => boolean } = {},
): Cluster {
  const stored = new Map(objects.map((object) => [pathFor(object), object]));
  const answer = (method: string, path: string, query: Record<string, string | undefined>, body: unknown) => {
    const live = stored.get(path);
    if (method === 'PATCH') {
      const wanted = body as KubernetesObject;
      if (live && fixed(live)) throw refusal(422, 'Invalid', 'spec: field is immutable');
      return { ...live, ...wanted, metadata: { uid: 'new', ...live?.metadata, ...wanted.metadata } };
    }
    if (method !== 'GET') throw new Error(`planning asks for ${method} ${path}`);
    if (live) return live;
    const isList = 'limit' in query;
    if (!isList) throw refusal(404, 'NotFound', 'not found');
    const inside = [...stored].filter(([at]) => at.slice(0, at.lastIndexOf('/')) === path);
    const items = inside
      .map(([, object]) => object)
      .filter((object) => isSelected(object, query.labelSelector));
    return { items, metadata: {} };
  };
  const request = async ({
    method = 'GET',
    path,
    query = {},
    body,
  }: Parameters<Cluster['api']['request']>[0]) => ({
    value: answer(method, path, query, body),
    headers: {},
  });
  const served: Discovery = {
    find: ({ apiVersion, kind }) =>
      resources.find((one) => one.apiVersion === apiVersion && one.kind === kind),
    preferred: resources,
    down: [],
  };
  return {
    scope: { app: 'shop', environment: 'staging' },
    context: 'fake',
    kubectl: kubectlCommand('fake'),
    namespace: 'shop',
    readiness: [],
    api: { request } as unknown as Cluster['api'],
    kinds: async () => served,
  };
}

const resource = (apiVersion: string, kind: string, namespaced: boolean): Resource => ({
  apiVersion,
  group: apiVersion.includes('/') ? apiVersion.split('/')[0]! : '',
  kind,
  name: `${kind.toLowerCase()}s`,
  namespaced,
  verbs: ['get', 'list', 'delete'],
});

export const resources: readonly Resource[] = [
  resource('v1', 'ConfigMap', true),
  resource('v1', 'PersistentVolumeClaim', true),
  resource('v1', 'PersistentVolume', false),
  resource('v1', 'Namespace', false),
  resource('apps/v1', 'Deployment', true),
  resource('rbac.authorization.k8s.io/v1', 'ClusterRole', false),
  resource('apiextensions.k8s.io/v1', 'CustomResourceDefinition', false),
];

function pathFor({ kind, metadata }: KubernetesObject): string {
  const found = resources.find((one) => one.kind === kind)!;
  return pathOf(found, metadata.namespace, metadata.name);
}

function isSelected({ metadata }: KubernetesObject, selector = ''): boolean {
  const wanted = selector.split(',').filter(Boolean);
  return wanted.every((one) => {
    const [name, value] = one.split('=');
    return metadata.labels?.[name!] === value;
  });
}

function refusal(code: number, reason: string, message: string): ApiError {
  return new ApiError(code, JSON.stringify({ kind: 'Status', reason, message }));
}

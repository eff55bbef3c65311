import { ExpectedError } from '../../../core/errors.ts';
import type { ApiClient } from './api-client.ts';

/** A kind that the cluster serves, and where. */
export interface Resource {
  /** E.g. `apps/v1`. */
  apiVersion: string;
  group: string;
  kind: string;
  /** Plural, e.g. `deployments`. */
  name: string;
  namespaced: boolean;
  verbs: readonly string[];
}

export interface Discovery {
  /** Undefined for a kind that the cluster does not serve in this version. */
  find(object: { apiVersion: string; kind: string }): Resource | undefined;
  /** Each resource once, in its group's preferred version. */
  preferred: readonly Resource[];
  /** API versions, e.g. `metrics.k8s.io/v1beta1`, whose own servers do not answer: what they serve may be missing here. */
  down: readonly string[];
}

/** All kinds of the cluster, by two requests. Of a group whose own server is down, what the cluster still knows. */
export async function discover(api: ApiClient): Promise<Discovery> {
  const lists = await Promise.all(['/api', '/apis'].map((path) => api.request<GroupList>({ path, accept })));
  const groups = lists.flatMap(({ value }) => value.items ?? []);
  if (!lists.every(({ value }) => value.kind === 'APIGroupDiscoveryList')) throw tooOld();
  const all = groups.flatMap((group) => group.versions.map((version) => resourcesOf(group, version)));
  const byKind = new Map(all.flat().map((resource) => [`${resource.apiVersion} ${resource.kind}`, resource]));
  const preferred = new Map<string, Resource>();
  for (const resource of all.flat()) {
    const key = `${resource.group}/${resource.name}`;
    if (!preferred.has(key)) preferred.set(key, resource);
  }
  return {
    find: ({ apiVersion, kind }) => byKind.get(`${apiVersion} ${kind}`),
    preferred: [...preferred.values()],
    down: groups.flatMap(({ metadata, versions }) =>
      versions
        .filter(({ freshness }) => freshness === 'Stale')
        .map(({ version }) => `${metadata.name ?? ''}/${version}`),
    ),
  };
}

/** Path of one object, or of the whole list when there is no name. */
export function pathOf(resource: Resource, namespace: string | undefined, name?: string): string {
  const root = resource.group ? `/apis/${resource.apiVersion}` : `/api/${resource.apiVersion}`;
  const place = resource.namespaced && namespace ? `/namespaces/${encodeURIComponent(namespace)}` : '';
  return `${root}${place}/${resource.name}${name === undefined ? '' : `/${encodeURIComponent(name)}`}`;
}

const accept = 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList';

interface GroupList {
  kind: string;
  items?: Group[];
}

interface Group {
  metadata: { name?: string };
  versions: Version[];
}

interface Version {
  version: string;
  freshness?: 'Current' | 'Stale';
  resources?: {
    resource: string;
    responseKind?: { group?: string; version?: string; kind?: string };
    scope: 'Namespaced' | 'Cluster';
    verbs: string[];
  }[];
}

function resourcesOf({ metadata }: Group, { version, resources = [] }: Version): Resource[] {
  const group = metadata.name ?? '';
  return resources.map(({ resource, responseKind, scope, verbs }) => ({
    apiVersion: group ? `${group}/${version}` : version,
    group,
    kind: responseKind?.kind ?? '',
    name: resource,
    namespaced: scope === 'Namespaced',
    verbs,
  }));
}

function tooOld(): ExpectedError {
  return new ExpectedError({
    code: 'E_CLUSTER_VERSION',
    exit: 'notFound',
    message: 'this cluster is too old',
    why: 'its API server does not list its kinds in one answer; Kubernetes 1.30 and later do',
  });
}

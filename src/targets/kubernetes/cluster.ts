import type { KubernetesObject } from '../../core/kubernetes-object.ts';
import { fieldManager } from '../../core/labels.ts';
import type { ReadinessRule } from '../../workspace/model.ts';
import type { Scope } from '../target.ts';
import type { ApiClient } from './api/api-client.ts';
import { isNotFound } from './api/api-error.ts';
import { type Discovery, discover } from './api/discovery.ts';
import type { FieldSet } from './fields/field-set.ts';
import { type KubectlCommand, kubectlCommand } from './kubectl-command.ts';

/** One app's place in a cluster, and the requests that all parts of the target share. */
export interface Cluster {
  scope: Scope;
  context: string;
  namespace: string;
  api: ApiClient;
  /** For hints. */
  kubectl: KubectlCommand;
  /** For custom kinds. */
  readiness: readonly ReadinessRule[];
  /** The kinds that the cluster serves, as of the first call; `again` asks anew. */
  kinds(again?: 'again'): Promise<Discovery>;
}

export function createCluster(
  place: Pick<Cluster, 'scope' | 'context' | 'namespace' | 'api' | 'readiness'>,
  kubeconfig?: string,
): Cluster {
  let known: Promise<Discovery> | undefined;
  return {
    ...place,
    kubectl: kubectlCommand(place.context, kubeconfig),
    kinds(again) {
      if (again) known = undefined;
      known ??= discover(place.api).catch((error: unknown) => {
        known = undefined;
        throw error;
      });
      return known;
    },
  };
}

/** The same place, for work that ends with the signal. */
export function until(signal: AbortSignal | undefined, cluster: Cluster): Cluster {
  if (!signal) return cluster;
  const { api } = cluster;
  return {
    ...cluster,
    api: {
      ...api,
      request: (request) => api.request({ ...request, signal: request.signal ?? signal }),
      text: (request) => api.text({ ...request, signal: request.signal ?? signal }),
    },
  };
}

/** The live object, or undefined when there is none. */
export async function getObject(
  { api }: Pick<Cluster, 'api'>,
  path: string,
  signal?: AbortSignal,
): Promise<KubernetesObject | undefined> {
  try {
    return (await api.request<KubernetesObject>({ path, signal })).value;
  } catch (error) {
    if (isNotFound(error)) return undefined;
    throw error;
  }
}

export interface ApplyMode {
  /** The server answers with what would be, and changes nothing. */
  dryRun?: boolean;
  /** Takes fields that differ from their other owners. */
  force?: boolean;
  signal?: AbortSignal;
}

/** Server-side apply; returns the object as it is (or would be) afterwards. */
export async function applyObject(
  { api }: Pick<Cluster, 'api'>,
  path: string,
  object: KubernetesObject,
  { dryRun, force = false, signal }: ApplyMode,
): Promise<KubernetesObject> {
  const query = {
    fieldManager,
    force: String(force),
    fieldValidation: 'Strict',
    dryRun: dryRun ? 'All' : undefined,
  };
  const contentType = 'application/apply-patch+yaml';
  const { value } = await api.request<KubernetesObject>({
    method: 'PATCH',
    path,
    query,
    contentType,
    body: object,
    signal,
  });
  return value;
}

/** Who set which fields of an object, and by what. */
export interface ManagedFields {
  manager?: string;
  operation?: 'Apply' | 'Update';
  apiVersion?: string;
  subresource?: string;
  time?: string;
  fieldsType?: string;
  fieldsV1?: FieldSet;
}

export function managedFieldsOf({ metadata }: KubernetesObject): readonly ManagedFields[] {
  return (metadata.managedFields as ManagedFields[] | undefined) ?? [];
}

/** What cloudnative last applied; undefined for an object that it never applied. */
export function ownEntry(object: KubernetesObject): ManagedFields | undefined {
  return managedFieldsOf(object).find(
    ({ manager, operation, subresource }) =>
      manager === fieldManager && operation === 'Apply' && !subresource,
  );
}

/** The fields that cloudnative last applied and still owns; undefined for an object that it never applied. */
export function ownFields(object: KubernetesObject): FieldSet | undefined {
  const entry = ownEntry(object);
  return entry && (entry.fieldsV1 ?? {});
}

import type { KubernetesObject } from '../../core/kubernetes-object.ts';
import { fieldManager } from '../../core/labels.ts';
import { ApiError } from './api/api-error.ts';
import type { Cluster } from './cluster.ts';
import { afterClaim, claimsOn } from './fields/claims.ts';
import type { ApplyStep } from './step.ts';

/**
 * Makes the claimed fields ours, so that applying the manifest removes those that it does not have. Only of the given resourceVersion,
 * where there is one, else ApiError 409; returns the one that the object has then.
 */
export async function takeOver(
  { path, object }: ApplyStep,
  version: string | undefined,
  cluster: Pick<Cluster, 'api'>,
  signal: AbortSignal,
): Promise<string> {
  const { value: live } = await cluster.api.request<KubernetesObject>({ path, signal });
  const current = String(live.metadata.resourceVersion);
  if (current !== (version ?? current)) throw changed(path);
  const claims = claimsOn(live, object);
  if (!claims) return current;
  const body = [
    { op: 'replace', path: '/metadata/resourceVersion', value: current },
    { op: 'replace', path: '/metadata/managedFields', value: afterClaim(live, claims, object) },
  ];
  const { value } = await cluster.api.request<KubernetesObject>({
    method: 'PATCH',
    path,
    query: { fieldManager },
    contentType: 'application/json-patch+json',
    body,
    signal,
  });
  return String(value.metadata.resourceVersion);
}

function changed(path: string): ApiError {
  return new ApiError(
    409,
    JSON.stringify({ kind: 'Status', reason: 'Conflict', message: `${path} has moved` }),
  );
}

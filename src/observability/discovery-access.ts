import type { KubernetesObject } from '../core/kubernetes-object.ts';
import { podJobs } from './pod-jobs.ts';
import type { KubernetesSource, ScrapeScope } from './scrape-config.ts';

export interface ServiceAccount {
  namespace: string;
  name: string;
}

/** What a Prometheus that runs as the account needs to discover the pods of the app: to read pods, in their namespaces alone. */
export function discoveryAccess(
  scope: ScrapeScope,
  source: KubernetesSource,
  account: ServiceAccount,
): KubernetesObject[] {
  const namespaces = new Set(podJobs(scope, source).map(({ pods }) => pods.namespace));
  // Apps of one namespace may have Prometheus servers of their own.
  const name = `${scope.app}-${scope.environment}-prometheus`;
  const apiVersion = 'rbac.authorization.k8s.io/v1';
  return [...namespaces].flatMap((namespace) => [
    {
      apiVersion,
      kind: 'Role',
      metadata: { name, namespace },
      rules: [{ apiGroups: [''], resources: ['pods'], verbs: ['get', 'list', 'watch'] }],
    },
    {
      apiVersion,
      kind: 'RoleBinding',
      metadata: { name, namespace },
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name },
      subjects: [{ kind: 'ServiceAccount', name: account.name, namespace: account.namespace }],
    },
  ]);
}

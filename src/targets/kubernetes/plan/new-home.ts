import type { Change } from '../../../core/change.ts';
import { ExpectedError } from '../../../core/errors.ts';
import type { KubernetesObject, Manifest } from '../../../core/kubernetes-object.ts';
import { managedBy } from '../../../core/labels.ts';
import type { Cluster } from '../cluster.ts';
import { namespacePath } from '../home.ts';
import type { ApplyStep } from '../step.ts';

/** Nothing else is restricted for the owner of a namespace, so a new one starts safe. */
export function namespaceCreation({ namespace }: Pick<Cluster, 'namespace'>): Change {
  const object: KubernetesObject = {
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: {
      name: namespace,
      labels: {
        [managedBy]: 'cloudnative',
        'pod-security.kubernetes.io/enforce': 'restricted',
      },
    },
  };
  const step: ApplyStep = {
    do: 'apply',
    path: namespacePath(namespace),
    object,
    force: false,
    keepsReplicas: false,
  };
  const note = 'new, with Pod Security restricted';
  return { id: `Namespace/${namespace}`, action: 'create', fields: [], note, after: [], desired: step };
}

/** Throws E_MANIFEST (3) with every field for which that namespace would refuse pods: no dry run shows it as long as it is not there. */
export async function assertRestricted(
  manifests: readonly Manifest[],
  { api, namespace }: Pick<Cluster, 'api' | 'namespace'>,
): Promise<void> {
  const { locateFindings, podSecurityFindings, problemText } = await import(
    '../../../policy/check-manifests.ts'
  );
  const judged = manifests.filter(({ object }) => wantsPods(object));
  const strictest = judged.flatMap((manifest) => podSecurityFindings(manifest, 'restricted'));
  if (strictest.length === 0) return;
  // Newer versions ask for more.
  const { value } = await api.request<{ minor?: string }>({ path: '/version' });
  const minor = Number.parseInt(value.minor ?? '', 10) || undefined;
  const findings = judged.flatMap((manifest) => podSecurityFindings(manifest, 'restricted', minor));
  if (findings.length === 0) return;
  throw new ExpectedError({
    code: 'E_MANIFEST',
    exit: 'validation',
    message: `namespace ${namespace} does not exist, and a new one would refuse pods of these manifests`,
    why: (await locateFindings(findings)).map(problemText),
    hints: [
      'correct the manifests: a namespace that a deploy makes enforces Pod Security restricted',
      `or add a Namespace manifest for ${namespace} with another label pod-security.kubernetes.io/enforce, e.g. baseline`,
    ],
  });
}

/** What has no pods yet is not kept from being stored. */
function wantsPods({ spec }: KubernetesObject): boolean {
  const { replicas, suspend } = (spec ?? {}) as { replicas?: unknown; suspend?: unknown };
  return replicas !== 0 && suspend !== true;
}

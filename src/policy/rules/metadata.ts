import type { KubernetesObject } from '../../core/kubernetes-object.ts';
import { type NameKind, nameProblem } from '../../core/names.ts';
import type { Path } from '../../core/yaml-document.ts';
import type { Tell } from '../finding.ts';
import { type Json, record } from '../json.ts';
import { quote } from '../schema/scalars.ts';
import { kindKey } from '../workloads.ts';
import { labelMap, optionalName } from './values.ts';

/** Names that are none of the usual, which is parts of a-z, 0-9 and - joined by dots. */
const nameKinds: Readonly<Record<string, NameKind | 'pathSegment' | 'own'>> = {
  Namespace: 'dns1123Label',
  Service: 'dns1123Label',
  'Role.rbac.authorization.k8s.io': 'pathSegment',
  'RoleBinding.rbac.authorization.k8s.io': 'pathSegment',
  'ClusterRole.rbac.authorization.k8s.io': 'pathSegment',
  'ClusterRoleBinding.rbac.authorization.k8s.io': 'pathSegment',
  'APIService.apiregistration.k8s.io': 'pathSegment',
  'ClusterTrustBundle.certificates.k8s.io': 'own',
  'LeaseCandidate.coordination.k8s.io': 'own',
  'StorageVersion.internal.apiserver.k8s.io': 'own',
  'IPAddress.networking.k8s.io': 'own',
};
/** What pods and jobs add to the name must fit into a label. */
const longestNames: Readonly<Record<string, number>> = { 'CronJob.batch': 52, 'Job.batch': 63 };
const maxAnnotations = 256 * 1024;

/** Judges the name and the metadata of an object of any kind. */
export function checkMetadata(object: KubernetesObject, tell: Tell): void {
  const { metadata } = object;
  const problem = nameOf(object);
  if (problem)
    tell({ rule: 'name', path: ['metadata', 'name'], message: `is ${quote(metadata.name)}: ${problem}` });
  if (kindKey(object) === 'Service' && /^[0-9]/.test(metadata.name) && !problem) {
    const message = `is ${quote(metadata.name)}: Kubernetes before 1.36 wants it to begin with a letter`;
    tell({ severity: 'warning', rule: 'name', path: ['metadata', 'name'], message });
  }
  const namespace = optionalName('dns1123Label')(metadata.namespace);
  if (namespace) tell({ rule: 'name', path: ['metadata', 'namespace'], message: namespace });
  checkLabels(record(metadata), ['metadata'], tell);
}

/** Labels and annotations: of an object, or of the pods that it makes. */
export function checkLabels({ labels, annotations }: Json, path: Path, tell: Tell): void {
  const wrong = labelMap(labels);
  if (wrong) tell({ rule: 'label', path: [...path, 'labels'], message: wrong });
  let size = 0;
  for (const [key, value] of Object.entries(record(annotations))) {
    const problem = nameProblem('qualifiedName', key.toLowerCase());
    if (problem)
      tell({
        rule: 'annotation',
        path: [...path, 'annotations', key],
        message: `is no key of an annotation: ${problem}`,
      });
    size += bytes(key) + bytes(value);
  }
  if (size > maxAnnotations) {
    const message = `have ${size} bytes together, at most ${maxAnnotations} are allowed`;
    tell({ rule: 'size', path: [...path, 'annotations'], message });
  }
}

export function bytes(value: unknown): number {
  return typeof value === 'string' ? Buffer.byteLength(value) : 0;
}

function nameOf(object: KubernetesObject): string | undefined {
  const { name: own } = object.metadata;
  const kind = nameKinds[kindKey(object)] ?? 'dns1123Subdomain';
  const longest = longestNames[kindKey(object)];
  if (longest !== undefined && own.length > longest)
    return `it has ${own.length} characters, at most ${longest} are allowed`;
  if (kind === 'own') return undefined;
  if (kind !== 'pathSegment') return nameProblem(kind, own);
  return own === '.' || own === '..' || /[/%]/.test(own)
    ? 'it must not be . or .., nor hold / or %'
    : undefined;
}

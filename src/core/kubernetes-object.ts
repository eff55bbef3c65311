import type { ManifestProblem } from './bad-manifests.ts';
import type { Path } from './yaml-document.ts';

export interface ObjectMeta {
  name: string;
  namespace?: string;
  labels?: Record<string, string>;
  annotations?: Record<string, string>;
  [field: string]: unknown;
}

/** Any Kubernetes object, as the JSON that a manifest or the API holds. */
export interface KubernetesObject {
  apiVersion: string;
  kind: string;
  metadata: ObjectMeta;
  [field: string]: unknown;
}

/** An object with the place it was written at. */
export interface Manifest {
  object: KubernetesObject;
  /** For people: relative to the current folder, or the command that rendered it. */
  file: string;
  /** Counts from 1. */
  line: number;
  /** What it was read from, so that a field of it can be pointed at. */
  source?: ManifestSource;
}

/** The text of one YAML document, the line of the file that it begins in, and where in it the object is (`items`, 3). */
export interface ManifestSource {
  text: string;
  firstLine: number;
  path: Path;
}

/**
 * What a folder of manifests holds, and what of it cannot be read. `name` and `namespace` are what a template may fill in;
 * `recursive`: plain files of subfolders too.
 */
export type ReadFolder = (
  folder: string,
  release: { name: string; namespace: string; recursive?: boolean },
) => Promise<{ manifests: readonly Manifest[]; problems: readonly ManifestProblem[] }>;

/** As ReadFolder, but throws E_MANIFEST (3) where there is a problem. */
export type ReadManifests = (
  folder: string,
  release: { name: string; namespace: string; recursive?: boolean },
) => Promise<readonly Manifest[]>;

/** API group of `apps/v1`; empty for `v1`. */
export function apiGroup({ apiVersion }: Pick<KubernetesObject, 'apiVersion'>): string {
  const slash = apiVersion.indexOf('/');
  return slash < 0 ? '' : apiVersion.slice(0, slash);
}

/** `file:line Kind/name`, to begin a line about a manifest. */
export function manifestAt({ object, file, line }: Manifest): string {
  return `${file}:${line} ${object.kind}/${object.metadata.name}`;
}

import type { ManifestProblem } from '../core/bad-manifests.ts';
import {
  apiGroup,
  type KubernetesObject,
  type Manifest,
  type ManifestSource,
} from '../core/kubernetes-object.ts';

export interface SourceDocument {
  value: unknown;
  file: string;
  line: number;
  source: ManifestSource;
}

/** Documents as objects: lists unfolded, and what is no object, or the same one twice, told. */
export function checkedManifests(documents: readonly SourceDocument[]): {
  manifests: Manifest[];
  problems: ManifestProblem[];
} {
  const manifests: Manifest[] = [];
  const problems: ManifestProblem[] = [];
  for (const { value, file, line, source } of documents.flatMap(unfold)) {
    const missing = missingFields(value);
    if (missing) {
      problems.push({ file, line, message: missing });
      continue;
    }
    manifests.push({ object: value as KubernetesObject, file, line, source });
  }
  return { manifests, problems: [...problems, ...duplicates(manifests)] };
}

/** The items of `kind: List`, or of `ConfigMapList`: all at the line of the list. */
function unfold(document: SourceDocument): SourceDocument[] {
  const { kind, items } = (document.value ?? {}) as { kind?: unknown; items?: unknown };
  if (typeof kind !== 'string' || !kind.endsWith('List') || !Array.isArray(items)) return [document];
  const { source } = document;
  return items.flatMap((value: unknown, index) =>
    unfold({ ...document, value, source: { ...source, path: [...source.path, 'items', index] } }),
  );
}

function missingFields(value: unknown): string | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    return 'a Kubernetes object is expected';
  const { apiVersion, kind, metadata } = value as Partial<KubernetesObject>;
  const { name, generateName } = (metadata ?? {}) as { name?: unknown; generateName?: unknown };
  if (name === undefined && typeof generateName === 'string')
    return `${kind ?? 'the object'} has generateName, which makes a new one at every run: give it a name`;
  const fields = {
    apiVersion,
    kind,
    'metadata.name': name,
  };
  const missing = Object.entries(fields).filter(([, text]) => typeof text !== 'string' || text === '');
  if (missing.length === 0) return undefined;
  const who = typeof kind === 'string' && kind ? `${kind} has` : 'the object has';
  return `${who} no ${missing.map(([field]) => field).join(', ')}`;
}

function duplicates(manifests: readonly Manifest[]): ManifestProblem[] {
  const first = new Map<string, Manifest>();
  const problems: ManifestProblem[] = [];
  for (const manifest of manifests) {
    const { kind, metadata } = manifest.object;
    const key = [apiGroup(manifest.object), kind, metadata.namespace ?? '', metadata.name].join(' ');
    const earlier = first.get(key);
    if (!earlier) {
      first.set(key, manifest);
      continue;
    }
    const message = `${kind}/${metadata.name} is also in ${earlier.file}:${earlier.line}`;
    problems.push({ file: manifest.file, line: manifest.line, message });
  }
  return problems;
}

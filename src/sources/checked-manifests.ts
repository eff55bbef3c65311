import { apiGroup, type KubernetesObject, type Manifest, manifestAt } from '../core/kubernetes-object.ts';

import { podShapeProblems } from './pod-shape.ts';

export interface SourceDocument {
  value: unknown;
  file: string;
  line: number;
}

/** Documents as objects: lists unfolded, and what is no object, or the same one twice, told. */
export function checkedManifests(documents: readonly SourceDocument[]): {
  manifests: Manifest[];
  problems: string[];
} {
  const manifests: Manifest[] = [];
  const problems: string[] = [];
  for (const { value, file, line } of documents.flatMap(unfold)) {
    const missing = missingFields(value);
    if (missing) {
      problems.push(`${file}:${line} ${missing}`);
      continue;
    }
    const manifest = { object: value as KubernetesObject, file, line };
    const misshapen = podShapeProblems(manifest.object);
    problems.push(...misshapen.map((problem) => `${manifestAt(manifest)}: ${problem}`));
    if (misshapen.length === 0) manifests.push(manifest);
  }
  return { manifests, problems: [...problems, ...duplicates(manifests)] };
}

/** The items of `kind: List`, or of `ConfigMapList`: all at the line of the list. */
function unfold(document: SourceDocument): SourceDocument[] {
  const { kind, items } = (document.value ?? {}) as { kind?: unknown; items?: unknown };
  if (typeof kind !== 'string' || !kind.endsWith('List') || !Array.isArray(items)) return [document];
  return items.flatMap((value) => unfold({ ...document, value }));
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

function duplicates(manifests: readonly Manifest[]): string[] {
  const first = new Map<string, Manifest>();
  const problems: string[] = [];
  for (const manifest of manifests) {
    const { kind, metadata } = manifest.object;
    const key = [apiGroup(manifest.object), kind, metadata.namespace ?? '', metadata.name].join(' ');
    const earlier = first.get(key);
    if (earlier) problems.push(`${manifestAt(manifest)} is also in ${earlier.file}:${earlier.line}`);
    else first.set(key, manifest);
  }
  return problems;
}

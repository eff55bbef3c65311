import type { KubernetesObject, Manifest } from '../../../src/core/kubernetes-object.ts';
import { readKubernetesYaml } from '../../../src/core/kubernetes-yaml.ts';
import {
  type CheckOptions,
  checkManifests,
  locateFindings,
  type Problem,
} from '../../../src/policy/check-manifests.ts';

/** The documents of a text as manifests of one file. */
export function manifestsOf(text: string): Manifest[] {
  return readKubernetesYaml(text).documents.map(({ value, line, ...source }) => ({
    object: value as KubernetesObject,
    file: 'm.yaml',
    line,
    source: { ...source, path: [] },
  }));
}

export async function problemsOf(text: string, options: CheckOptions = {}): Promise<Problem[]> {
  return locateFindings(await checkManifests(manifestsOf(text), options));
}

/** All but the advice on Pod Security: `severity line:column field message`. */
export async function saidOf(text: string): Promise<string[]> {
  const problems = await problemsOf(text);
  return problems
    .filter(({ rule }) => !rule.startsWith('pod-security'))
    .map(({ severity, line, column, field, message }) =>
      `${severity} ${line}:${column} ${field} ${message}`.replace('  ', ' '),
    );
}

import { readFile } from 'node:fs/promises';
import { isRecord } from '../../../core/is-record.ts';
import { readKubernetesYaml } from '../../../core/kubernetes-yaml.ts';

/** The context that a kubeconfig makes those follow who choose none; undefined for a file that is not here or cannot be read. */
export async function currentContext(kubeconfig: string): Promise<string | undefined> {
  const text = await readFile(kubeconfig, 'utf8').catch(() => undefined);
  if (text === undefined) return undefined;
  const value = readKubernetesYaml(text).documents[0]?.value;
  return isRecord(value) ? String(value['current-context'] ?? '') : undefined;
}

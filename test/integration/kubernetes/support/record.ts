import type { KubernetesObject } from '../../../../src/core/kubernetes-object.ts';
import { kubectl } from './kubectl.ts';

export const recordName = 'cloudnative.shop.staging';

interface Member {
  kind: string;
  name: string;
  uid?: string;
  service?: string;
}

/** Members of an app's record as `Kind/name`, sorted; undefined without a record. */
export async function recorded(namespace: string): Promise<string[] | undefined> {
  return (await recordMembers(namespace))?.map(({ kind, name }) => `${kind}/${name}`).sort();
}

export async function recordMembers(namespace: string): Promise<Member[] | undefined> {
  const text = await kubectl([
    'get',
    'configmap',
    recordName,
    '-n',
    namespace,
    '-o',
    'json',
    '--ignore-not-found',
  ]);
  if (!text) return undefined;
  const { data } = JSON.parse(text) as { data: { members: string } };
  return data.members.split('\n').map((line) => JSON.parse(line) as Member);
}

/** What bears the label of the app's set, as `Kind/name uid`, sorted. */
export async function labelled(
  namespace: string,
  kinds = 'configmap,secret,service,serviceaccount,deployment',
): Promise<string[]> {
  const { metadata } = await recordObject(namespace);
  const selector = `applyset.kubernetes.io/part-of=${metadata.labels!['applyset.kubernetes.io/id']}`;
  const { items } = JSON.parse(await kubectl(['get', kinds, '-n', namespace, '-l', selector, '-o', 'json']));
  return (items as KubernetesObject[])
    .map(({ kind, metadata: { name, uid } }) => `${kind}/${name} ${uid}`)
    .sort();
}

export async function recordObject(namespace: string): Promise<KubernetesObject> {
  return JSON.parse(await kubectl(['get', 'configmap', recordName, '-n', namespace, '-o', 'json']));
}

/** ConfigMaps of a namespace but the one that every namespace has, as `ConfigMap/name`, sorted, with their uids. */
export async function presentMaps(namespace: string): Promise<Map<string, string>> {
  const { items } = JSON.parse(await kubectl(['get', 'configmap', '-n', namespace, '-o', 'json']));
  const own = (items as KubernetesObject[]).filter(({ metadata }) => metadata.name !== 'kube-root-ca.crt');
  return new Map(
    own.map(({ metadata }) => [`ConfigMap/${metadata.name}`, String(metadata.uid)] as const).sort(),
  );
}

/** Manifests of ConfigMaps, by name; a name may come with more of its metadata as YAML flow. */
export function configMaps(...names: (string | [name: string, metadata: string])[]): Record<string, string> {
  const documents = names.map((one) => {
    const [name, more] = typeof one === 'string' ? [one, ''] : [one[0], `, ${one[1]}`];
    return `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: ${name}${more}}\ndata: {of: "${name}"}\n`;
  });
  return { 'maps.yaml': documents.join('---\n') };
}

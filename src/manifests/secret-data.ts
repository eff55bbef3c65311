import { isRecord } from '../core/is-record.ts';
import type { KubernetesObject } from '../core/kubernetes-object.ts';

/**
 * Moves a Secret's `stringData` to where the server stores it. Nobody owns the keys that come by `stringData`, so that one which leaves
 * the manifest would stay in the cluster for ever.
 */
export function encodeSecretData(object: KubernetesObject): void {
  if (object.apiVersion !== 'v1' || object.kind !== 'Secret') return;
  const { data, stringData } = object as { data?: unknown; stringData?: unknown };
  // What is none of these the server refuses, in better words.
  if (!isTexts(stringData) || !(isTexts(data) || data === undefined || data === null)) return;
  const encoded = Object.entries(stringData).map(([key, text]) => [
    key,
    Buffer.from(text).toString('base64'),
  ]);
  object.data = { ...data, ...Object.fromEntries(encoded) };
  delete object.stringData;
}

function isTexts(value: unknown): value is Record<string, string> {
  return isRecord(value) && Object.values(value).every((one) => typeof one === 'string');
}

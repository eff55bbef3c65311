import { isDataKey } from '../../core/names.ts';
import type { Path } from '../../core/yaml-document.ts';
import type { Tell } from '../finding.ts';
import { type Json, record } from '../json.ts';
import type { TypeRule } from '../schema/check-value.ts';
import { bytes } from './metadata.ts';

const maxData = 1024 * 1024;

export const configMap: TypeRule = ({ data, binaryData }, path, tell) => {
  checkKeys(record(data), [...path, 'data'], tell);
  checkKeys(record(binaryData), [...path, 'binaryData'], tell);
  for (const key of Object.keys(record(binaryData))) {
    if (key in record(data))
      tell({ rule: 'duplicate-item', path: [...path, 'binaryData', key], message: 'is a key of data too' });
  }
  checkSize(sizeOf(record(data), bytes) + sizeOf(record(binaryData), decodedBytes), [...path, 'data'], tell);
};

/** What `stringData` holds takes the place of the same key of `data`. */
export const secret: TypeRule = ({ data, stringData, type }, path, tell) => {
  checkKeys(record(data), [...path, 'data'], tell);
  checkKeys(record(stringData), [...path, 'stringData'], tell);
  const plain = record(stringData);
  const encoded = Object.fromEntries(Object.entries(record(data)).filter(([key]) => !(key in plain)));
  checkSize(sizeOf(encoded, decodedBytes) + sizeOf(plain, bytes), [...path, 'data'], tell);
  const keys = new Set([...Object.keys(encoded), ...Object.keys(plain)]);
  for (const key of neededKeys.get(type) ?? []) {
    if (!keys.has(key))
      tell({
        rule: 'missing-field',
        path: [...path, 'data', key],
        message: `is missing, which type ${type} needs`,
      });
  }
};

const neededKeys: ReadonlyMap<unknown, readonly string[]> = new Map([
  ['kubernetes.io/tls', ['tls.crt', 'tls.key']],
  ['kubernetes.io/dockerconfigjson', ['.dockerconfigjson']],
  ['kubernetes.io/dockercfg', ['.dockercfg']],
  ['kubernetes.io/ssh-auth', ['ssh-privatekey']],
]);

function checkKeys(data: Json, path: Path, tell: Tell): void {
  for (const key of Object.keys(data)) {
    if (!isDataKey(key))
      tell({
        rule: 'name',
        path: [...path, key],
        message: 'is no key: letters, digits, -, _ and . make one, at most 253',
      });
  }
}

function checkSize(size: number, path: Path, tell: Tell): void {
  if (size > maxData)
    tell({ rule: 'size', path, message: `has ${size} bytes, at most ${maxData} are allowed` });
}

function sizeOf(data: Json, measure: (value: unknown) => number): number {
  return Object.values(data).reduce<number>((sum, value) => sum + measure(value), 0);
}

function decodedBytes(value: unknown): number {
  return typeof value === 'string' ? Buffer.byteLength(value, 'base64') : 0;
}

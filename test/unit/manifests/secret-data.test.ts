import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { KubernetesObject } from '../../../src/core/kubernetes-object.ts';
import { encodeSecretData } from '../../../src/manifests/secret-data.ts';

const secret = (fields: object): KubernetesObject => ({
  apiVersion: 'v1',
  kind: 'Secret',
  metadata: { name: 'a' },
  ...fields,
});
const encoded = (object: KubernetesObject) => {
  encodeSecretData(object);
  return object;
};

test('what stringData holds is encoded, and takes the place of the same key of data', () => {
  const texts = fc.dictionary(fc.stringMatching(/^[a-z.]{1,5}$/), fc.string({ unit: 'grapheme' }));
  fc.assert(
    fc.property(texts, texts, (data, stringData) => {
      const { data: found, stringData: left } = encoded(secret({ data, stringData })) as {
        data?: Record<string, string>;
        stringData?: object;
      };
      expect(left).toBeUndefined();
      const decoded = Object.entries(stringData).map(([key]) => [
        key,
        Buffer.from(found![key]!, 'base64').toString(),
      ]);
      expect(Object.fromEntries(decoded)).toEqual(stringData);
      const rest = Object.entries(data).filter(([key]) => !(key in stringData));
      for (const [key, value] of rest) expect(found![key]).toBe(value);
    }),
  );
});

test('others, and what the server would refuse, stay as they are', () => {
  for (const object of [
    { ...secret({ stringData: { a: '1' } }), kind: 'ConfigMap' },
    { ...secret({ stringData: { a: '1' } }), apiVersion: 'example.com/v1' },
    secret({ stringData: { a: 1 } }),
    secret({ stringData: ['a'] }),
    secret({ stringData: { a: '1' }, data: ['a'] }),
    secret({ data: { a: 'MQ==' } }),
  ])
    expect(encoded(structuredClone(object))).toEqual(object);
});

import { expect, it } from 'vitest';
import type { ApiClient } from '../../../../src/targets/kubernetes/api/api-client.ts';
import { createCollection } from '../../../../src/targets/kubernetes/live/collection.ts';

const selection = { path: '/api/v1/namespaces/shop/configmaps', apiVersion: 'v1', kind: 'ConfigMap' };

/** A server that refuses what is over before it is asked, as the client does. */
const api = {
  request: async ({ signal }) => {
    signal?.throwIfAborted();
    return { value: { items: [], metadata: {} }, headers: {} };
  },
} as Partial<ApiClient> as ApiClient;

it('leaves nothing behind when it is read after its end', async () => {
  const unhandled: unknown[] = [];
  const note = (reason: unknown) => void unhandled.push(reason);
  process.on('unhandledRejection', note);
  const over = new AbortController();
  const collection = createCollection(api, selection, over.signal);
  over.abort(new Error('over'));
  await expect(collection.read(over.signal)).rejects.toThrow('over');
  await new Promise((resolve) => setTimeout(resolve, 10)); // told of after a turn
  process.off('unhandledRejection', note);
  expect(unhandled).toEqual([]);
});

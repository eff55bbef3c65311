import { expect, test } from 'vitest';
import type { Cluster } from '../../../../src/targets/kubernetes/cluster.ts';
import { followLogs } from '../../../../src/targets/kubernetes/observe/follow-logs.ts';

test('any number of streams may listen for the end', async () => {
  const stop = new AbortController();
  const warnings: Error[] = [];
  const onWarning = (warning: Error) => warnings.push(warning);
  process.on('warning', onWarning);
  const api = {
    request: async () => ({ value: { items: [], metadata: {} }, headers: {} }),
    text: ({ signal }: { signal: AbortSignal }) => {
      for (let index = 0; index < 20; index++) signal.addEventListener('abort', () => {});
      stop.abort();
      return Promise.resolve('');
    },
  };
  const source = {
    service: 'orders',
    instance: 'orders-1',
    key: 'orders-1',
    path: '/log',
    container: 'orders',
  };
  const runs = [{ id: 'a', ended: false, previous: false }];
  const positions = new Map([['orders-1', { last: '' }]]);
  const cluster = { api, namespace: 'shop', scope: { app: 'shop', environment: 'staging' } };
  const lines = followLogs(
    ['orders'],
    { there: [], sources: [{ ...source, runs }], positions },
    cluster as unknown as Cluster,
    stop.signal,
  );
  for await (const line of lines) throw new Error(`nothing was written, and yet came ${line.text}`);
  await new Promise((resolve) => setImmediate(resolve));
  process.off('warning', onWarning);
  expect(warnings).toEqual([]);
});

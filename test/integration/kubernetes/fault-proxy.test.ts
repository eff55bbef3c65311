import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createApiClient } from '../../../src/targets/kubernetes/api/api-client.ts';
import { readAccess } from '../../../src/targets/kubernetes/api/kubeconfig.ts';
import { lab, labSuite } from '../../support/lab.ts';
import { changed, deploy, openApp, openTarget } from './support/app.ts';
import { type FaultProxy, faultProxy } from './support/fault-proxy.ts';
import { plainCluster, writeKubeconfig } from './support/kubeconfig.ts';
import { kubectl } from './support/kubectl.ts';

// Others use the cluster at the same time: what nobody changes, not even by a role that is aggregated to another.
const builtIn = 'kubernetes.io/bootstrapping=rbac-defaults';

labSuite('kubernetes target', ['kubeconfig', 'kubectl'], () => {
  describe.each([{ tls: true }, { tls: false }])(
    'the proxy of these tests, without faults, %o',
    ({ tls }) => {
      let folder: string;
      let proxy: FaultProxy;
      let kubeconfig: string;
      beforeAll(async () => {
        folder = await mkdtemp(join(tmpdir(), 'cloudnative-proxy-'));
        proxy = await faultProxy(undefined, { tls });
        const cluster = tls
          ? { server: proxy.url, 'certificate-authority-data': proxy.authority }
          : plainCluster(proxy.url);
        kubeconfig = await writeKubeconfig(folder, { cluster });
      });
      afterAll(async () => {
        await proxy.close();
        await rm(folder, { recursive: true });
      });

      test('is transparent to kubectl', async () => {
        const through = (args: string[]) => kubectl([...args, '--kubeconfig', kubeconfig]);
        for (const args of [
          ['get', 'namespace/default', '-o', 'json', '--show-managed-fields'],
          ['get', 'clusterrolebindings', '-l', builtIn, '-o', 'json'],
          ['get', '--raw', '/api/v1/namespaces/kube-system/configmaps/kube-root-ca.crt'],
          ['get', '--raw', '/apis/apps/v1'],
          // As JSON it holds the time of the answer.
          ['auth', 'whoami'],
        ])
          expect(await through(args)).toBe(await kubectl(args));
        const refusal = (work: Promise<string>) => work.catch(({ stderr }: { stderr: string }) => stderr);
        const missing = ['get', 'configmap/none', '-n', 'default'];
        expect(await refusal(through(missing))).toBe(await refusal(kubectl(missing)));
        const before = proxy.seen.length;
        await through(['get', 'namespaces']);
        expect(proxy.seen.slice(before).some((line) => line.startsWith('GET /api/v1/namespaces'))).toBe(true);
      });

      test('is transparent to us: answers, refusals, streams', async () => {
        const direct = createApiClient({
          context: lab.context!,
          access: () => readAccess(lab.context!, lab.kubeconfig),
        });
        const through = createApiClient({
          context: lab.context!,
          access: () => readAccess(lab.context!, kubeconfig),
        });
        const query = { watch: 'true', resourceVersion: '0', timeoutSeconds: '1', labelSelector: builtIn };
        const clients = [direct, through];
        try {
          for (const path of ['/api/v1/namespaces/default', '/apis/apps/v1', '/apis/batch/v1', '/version']) {
            const [one, two] = await Promise.all(clients.map((api) => api.text({ path })));
            expect(two).toBe(one);
          }
          const [one, two] = await Promise.all(
            clients.map((api) => api.text({ path: '/api/v1/nodes/none' }).catch((error: Error) => error)),
          );
          expect(two).toEqual(one);
          const streams = await Promise.all(
            clients.map(async (api) => {
              let text = '';
              const onData = (more: string) => {
                text += more;
              };
              await api.text({
                path: '/apis/rbac.authorization.k8s.io/v1/clusterrolebindings',
                query,
                onData,
              });
              return text.split('\n').filter(Boolean).sort();
            }),
          );
          expect(streams[0]!.length).toBeGreaterThan(20);
          expect(streams[1]).toEqual(streams[0]);
        } finally {
          for (const api of clients) api.close();
        }
      });

      test('is transparent to a deploy', async () => {
        const app = await openApp();
        const target = openTarget(app.namespace, { kubeconfig });
        try {
          const image = `nowhere.invalid/orders@sha256:${'0'.repeat(64)}`;
          const services = [await app.service('orders', { image, replicas: 0 })];
          await deploy(target, services);
          expect(changed(await app.target.plan(services))).toEqual({});
        } finally {
          await target.close();
          await app.close();
        }
      });
    },
  );
});

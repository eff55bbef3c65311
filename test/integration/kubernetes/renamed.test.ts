import { setTimeout } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { ExpectedError } from '../../../src/core/errors.ts';
import { type ApiClient, createApiClient } from '../../../src/targets/kubernetes/api/api-client.ts';
import { readAccess } from '../../../src/targets/kubernetes/api/kubeconfig.ts';
import { lab, labSuite } from '../../support/lab.ts';
import { figure } from '../../support/trials.ts';
import { type App, changed, deploy, openApp } from './support/app.ts';
import { serviceManifests } from './support/manifests.ts';
import { pushProbeImage } from './support/probe-image.ts';

const replicas = 2;

labSuite('kubernetes target', ['kubeconfig', 'kubectl', 'pods', 'registry'], () => {
  let image: string;
  let app: App;
  let api: ApiClient;
  beforeAll(async () => {
    image = await pushProbeImage('kubernetes-target/renamed');
    app = await openApp();
    api = createApiClient({ context: lab.context!, access: () => readAccess(lab.context!, lab.kubeconfig) });
  });
  afterAll(async () => {
    api.close();
    await app.close();
  });

  /** The Deployment under another name, with pods of its own that the same Service finds. */
  const renamed = () => {
    const files = serviceManifests('orders', { replicas });
    const deployment = files['deployment.yaml']!.replace('{name: orders,', '{name: orders-next,').replaceAll(
      'app.kubernetes.io/name: orders',
      'app.kubernetes.io/name: orders, track: next',
    );
    return { ...files, 'deployment.yaml': deployment };
  };
  const readyEndpoints = async () => {
    const path = `/apis/discovery.k8s.io/v1/namespaces/${app.namespace}/endpointslices`;
    const query = { labelSelector: 'kubernetes.io/service-name=orders' };
    const { value } = await api.request<{ items: { endpoints?: { conditions: { ready?: boolean } }[] }[] }>({
      path,
      query,
    });
    const endpoints = value.items.flatMap(({ endpoints }) => endpoints ?? []);
    return endpoints.filter(({ conditions }) => conditions.ready).length;
  };
  /** The fewest ready endpoints while the work lasted, and how often they were counted. */
  const fewestDuring = async (work: Promise<unknown>) => {
    let [fewest, looks, done] = [Number.POSITIVE_INFINITY, 0, false];
    const ended = work.finally(() => {
      done = true;
    });
    while (!done) {
      fewest = Math.min(fewest, await readyEndpoints());
      looks++;
      await setTimeout(50);
    }
    await ended;
    return { fewest, looks };
  };

  test('a workload that gets another name serves on until the new one does, also when that fails', async () => {
    const files = serviceManifests('orders', { replicas });
    await deploy(app.target, [await app.service('orders', { image, files })]);
    for (const end = Date.now() + 20_000; (await readyEndpoints()) < replicas && Date.now() < end; )
      await setTimeout(100);
    const broken = await app.service('orders', { image, files: renamed(), env: { EXIT_CODE: '3' } });
    const failing = await fewestDuring(
      expect(deploy(app.target, [broken])).rejects.toSatisfy(
        (error: ExpectedError) => error.explanation.code === 'E_ROLLOUT_FAILED',
      ),
    );
    const good = await app.service('orders', { image, files: renamed() });
    const going = await fewestDuring(
      deploy(app.target, [good]).then((plan) =>
        expect(changed(plan)).toEqual({
          'Deployment/orders': 'remove',
          'Deployment/orders-next': 'update',
        }),
      ),
    );
    figure(
      'K16',
      `ready endpoints while a renamed workload fails: at least ${failing.fewest} of ${replicas} in ${failing.looks} looks; while it takes over: ${going.fewest} in ${going.looks}`,
    );
    expect([failing.fewest, going.fewest]).toEqual([replicas, replicas]);
    expect(Math.min(failing.looks, going.looks)).toBeGreaterThan(5);
  }, 180_000);
});

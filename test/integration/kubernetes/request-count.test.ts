import { afterAll, beforeAll, expect, test } from 'vitest';
import { usual } from '../../../src/targets/kubernetes/plan/allowed.ts';
import { labSuite } from '../../support/lab.ts';
import { type App, changed, deploy, openApp, openTarget } from './support/app.ts';
import { type FaultProxy, faultProxy } from './support/fault-proxy.ts';
import { plainCluster, writeKubeconfig } from './support/kubeconfig.ts';
import { everything, kubectl } from './support/kubectl.ts';

const image = `registry.example.com/orders@sha256:${'a'.repeat(64)}`;
const count = 60;
/** Of these the server is asked about one of each kind. */
const provenKinds = 3;
const asked = count - provenKinds * (count / 5 - 1);

/** Five kinds, none of which runs a pod. */
const files = Object.fromEntries(
  Array.from({ length: count / 5 }, (_, index) => {
    const name = `app-${index}`;
    const text = `apiVersion: v1
kind: ServiceAccount
metadata: {name: ${name}}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: ${name}}
data: {A: "1"}
---
apiVersion: v1
kind: Service
metadata: {name: ${name}}
spec: {selector: {app: ${name}}, ports: [{name: http, port: 80}]}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: ${name}}
spec:
  replicas: 0
  selector: {matchLabels: {app: ${name}}}
  template:
    metadata: {labels: {app: ${name}}}
    spec: {containers: [{name: orders, image: orders, readinessProbe: {tcpSocket: {port: 80}}}]}
---
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata: {name: ${name}}
spec: {maxUnavailable: 1, selector: {matchLabels: {app: ${name}}}}
`;
    return [`${name}.yaml`, text];
  }),
);

labSuite('kubernetes target', ['kubeconfig', 'kubectl'], () => {
  let app: App;
  let proxy: FaultProxy;
  let kubeconfig: string;
  beforeAll(async () => {
    app = await openApp();
    proxy = await faultProxy(() => undefined);
    kubeconfig = await writeKubeconfig(app.folder, { cluster: plainCluster(proxy.url) });
  });
  afterAll(async () => {
    await proxy.close();
    await app.close();
  });

  /** The requests of some work: dry runs, other writes to the objects, and the rest. */
  const counted = async <T>(work: () => Promise<T>) => {
    proxy.seen.length = 0;
    const result = await work();
    const dry = proxy.seen.filter((line) => line.includes('dryRun=All')).length;
    // The lock, the record of what is deployed, and what we may do.
    const own = proxy.seen.filter((line) =>
      /\/leases|\/selfsubjectaccessreviews|\/configmaps(\?|\/cloudnative\.)/.test(line),
    );
    const writes = proxy.seen.filter((line) => !line.startsWith('GET') && !own.includes(line)).length - dry;
    return { result, dry, writes, all: proxy.seen.length };
  };

  test('an object costs at most one dry run and one write, an unchanged app a list for each kind', async () => {
    const target = openTarget(app.namespace, { kubeconfig });
    const orders = await app.service('orders', { image, files });
    const plan = await counted(() => target.plan([orders]));
    expect(plan).toMatchObject({ dry: asked, writes: 0 });
    expect(plan.all - plan.dry).toBeLessThanOrEqual(12 + 8 + provenKinds);
    // Nothing has moved since, so that the answers still hold.
    const first = await counted(() => deploy(target, [orders]));
    expect(first).toMatchObject({ dry: 0, writes: count });
    await target.close();

    const before = await everything(app.namespace);
    for (const what of ['plan', 'deploy']) {
      const fresh = openTarget(app.namespace, { kubeconfig });
      const again = await counted(() => (what === 'plan' ? fresh.plan([orders]) : deploy(fresh, [orders])));
      expect(changed(again.result)).toEqual({});
      expect(again).toMatchObject({ dry: 0, writes: 0 });
      expect(again.all).toBeLessThanOrEqual(10);
      await fresh.close();
    }
    expect(await everything(app.namespace)).toEqual(before);

    const more = { ...files, 'app-0.yaml': files['app-0.yaml']!.replace('A: "1"', 'A: "2"') };
    const one = openTarget(app.namespace, { kubeconfig });
    const single = await counted(async () =>
      deploy(one, [await app.service('orders', { image, files: more })]),
    );
    expect(changed(single.result)).toEqual({ 'ConfigMap/app-0': 'update' });
    expect(single).toMatchObject({ dry: 1, writes: 1 });
    await one.close();
  }, 120_000);

  test('without the preflight, what is new is asked about only by the write', async () => {
    const elsewhere = await openApp();
    const allowed = { ...usual, preflight: false };
    const target = openTarget(elsewhere.namespace, { kubeconfig, allowed });
    const orders = await elsewhere.service('orders', { image, files: { 'a.yaml': files['app-0.yaml']! } });
    expect(await counted(() => deploy(target, [orders]))).toMatchObject({ dry: 0, writes: 5 });
    expect(changed(await target.plan([orders]))).toEqual({});
    await target.close();
    await elsewhere.close();
  }, 60_000);

  test('who may not list is asked for each object', async () => {
    const role = ['create', 'role', 'listless', '--verb=get,patch,create', '--resource=configmaps,services'];
    await kubectl([...role, '--resource=serviceaccounts,deployments.apps', '-n', app.namespace]);
    await kubectl(['create', 'serviceaccount', 'ci', '-n', app.namespace]);
    const user = `--serviceaccount=${app.namespace}:ci`;
    await kubectl(['create', 'rolebinding', 'ci', '--role=listless', user, '-n', app.namespace]);
    const token = (await kubectl(['create', 'token', 'ci', '-n', app.namespace])).trim();
    const limited = await writeKubeconfig(app.folder, { user: { token } });
    const target = openTarget(app.namespace, { kubeconfig: limited });
    const without = Object.fromEntries(
      Object.entries(files).map(([name, text]) => [name, text.slice(0, text.lastIndexOf('---'))]),
    );
    expect(changed(await target.plan([await app.service('orders', { image, files: without })]))).toEqual({
      'ConfigMap/app-0': 'update',
    });
    await target.close();
  }, 60_000);
});

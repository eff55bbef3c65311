import { afterEach, beforeAll, expect, test, vi } from 'vitest';
import type { Event } from '../../../src/core/events.ts';
import { labSuite } from '../../support/lab.ts';
import { type App, change, changed, deploy, openApp } from './support/app.ts';
import { everything, kubectl, objectOf } from './support/kubectl.ts';
import { pushProbeImage } from './support/probe-image.ts';

labSuite('kubernetes target', ['kubeconfig', 'kubectl', 'pods', 'registry'], () => {
  let image: string;
  beforeAll(async () => {
    image = await pushProbeImage('kubernetes-target/orders');
  });

  let app: App;
  afterEach(() => app.close());

  test('makes a missing namespace, restricted, and everything in it; then there is nothing to do', async () => {
    app = await openApp({ create: false });
    const orders = await app.service('orders', { image });
    const plan = await deploy(app.target, [orders]);
    expect(
      Object.entries(changed(plan)).map(([id, action]) => [id.replace(/-[0-9a-f]{10}$/, '-hash'), action]),
    ).toEqual(
      [
        `Namespace/${app.namespace}`,
        'ConfigMap/orders-hash',
        'Deployment/orders',
        'NetworkPolicy/orders',
        'PodDisruptionBudget/orders',
        'Service/orders',
        'ServiceAccount/orders',
      ].map((id) => [id, 'create']),
    );
    const home = await objectOf(app.namespace, `namespace/${app.namespace}`);
    expect(home.metadata.labels).toMatchObject({ 'pod-security.kubernetes.io/enforce': 'restricted' });
    const deployment = await objectOf(app.namespace, 'deployment/orders');
    expect(deployment.metadata.labels).toEqual({
      team: 'a',
      'cloudnative.dev/app': 'shop',
      'cloudnative.dev/environment': 'staging',
      'cloudnative.dev/service': 'orders',
      'app.kubernetes.io/managed-by': 'cloudnative',
      'applyset.kubernetes.io/part-of': expect.stringMatching(/^applyset-/),
    });
    expect(JSON.stringify(deployment.spec)).toContain(image);
    expect(
      JSON.stringify((deployment.spec as { template: { metadata: object } }).template.metadata),
    ).not.toContain('cloudnative');

    const before = await everything(app.namespace);
    expect([...before.values()].some(({ name }) => name.startsWith('Lease/'))).toBe(false);
    expect(changed(await deploy(app.target, [orders]))).toEqual({});
    expect(changed(await deploy(app.target, [orders]))).toEqual({});
    expect(await everything(app.namespace)).toEqual(before);
  });

  test('plans without a trace', async () => {
    app = await openApp();
    await app.target.plan([await app.service('orders', { image })]);
    const names = [...(await everything(app.namespace)).values()].map(({ name }) => name).sort();
    expect(names).toEqual(['ConfigMap/kube-root-ca.crt', 'ServiceAccount/default']);
  });

  test('starts callees first, and gets over services that call each other', async () => {
    app = await openApp();
    const services = [
      await app.service('orders', { image, calls: ['catalog'] }),
      await app.service('catalog', { image: image, files: undefined, calls: ['stock'] }),
      await app.service('stock', { image, calls: ['orders'] }),
    ];
    const events: Event[] = [];
    await deploy(app.target, services, { events });
    const at = (type: Event['type'], resource: string) =>
      events.findIndex((event) => event.type === type && 'resource' in event && event.resource === resource);
    expect(at('ready', 'Deployment/stock')).toBeGreaterThan(0);
    expect(at('applied', 'Deployment/stock')).toBeGreaterThan(at('ready', 'Deployment/orders'));
    expect(at('applied', 'Deployment/catalog')).toBeGreaterThan(at('ready', 'Deployment/stock'));
    expect(at('applied', 'Deployment/orders')).toBeGreaterThan(at('ready', 'ServiceAccount/orders'));
  }, 90_000);

  test('merges env, with keys of Secrets', async () => {
    app = await openApp();
    await kubectl([
      'create',
      'secret',
      'generic',
      'greetings',
      '-n',
      app.namespace,
      '--from-literal=morning=good-morning',
    ]);
    const env = { LOG_LEVEL: 'debug', GREETING: { secret: { name: 'greetings', key: 'morning' } } };
    await deploy(app.target, [await app.service('orders', { image, env })]);
    expect(
      await kubectl([
        'get',
        '-n',
        app.namespace,
        'deployment/orders',
        '-o',
        'jsonpath={.spec.template.spec.containers[0].env}',
      ]),
    ).toBe(
      JSON.stringify([
        { name: 'LOG_LEVEL', value: 'debug' },
        { name: 'GREETING', valueFrom: { secretKeyRef: { key: 'morning', name: 'greetings' } } },
      ]),
    );
    await expectGreeting(app, 'good-morning');
  });

  test('rolls the pods when a versioned ConfigMap changes, and keeps the old one as long as there are old pods', async () => {
    app = await openApp();
    await deploy(app.target, [await app.service('orders', { image, greeting: 'one' })]);
    await expectGreeting(app, 'one');
    const orders = await app.service('orders', { image, greeting: 'two' });
    const maps = async () =>
      (await kubectl(['get', 'configmap', '-n', app.namespace, '-o', 'name'])).match(
        /configmap\/orders-\w+/g,
      );
    const [old] = (await app.target.plan([orders])).changes.filter(({ action }) => action === 'remove');
    const plan = await deploy(app.target, [orders]);
    const map = old!.successor;
    expect(changed(plan)).toEqual({ [old!.id]: 'remove', [map!]: 'create', 'Deployment/orders': 'update' });
    expect(change(plan, old!.id).after).toContain('Deployment/orders');
    expect(change(plan, 'Deployment/orders').fields).toMatchObject([
      {
        path: 'spec.template.spec.containers[orders].envFrom[0].configMapRef.name',
        after: map!.slice('ConfigMap/'.length),
      },
    ]);
    await expectGreeting(app, 'two');
    expect(await maps()).toEqual([map!.replace('ConfigMap', 'configmap')]);
    expect(changed(await deploy(app.target, [orders]))).toEqual({});
  }, 90_000);

  test('removes a field that the manifest no longer has', async () => {
    app = await openApp();
    const container = '          lifecycle: {preStop: {sleep: {seconds: 1}}}\n';
    await deploy(app.target, [await app.service('orders', { image, container })]);
    const plan = await deploy(app.target, [await app.service('orders', { image })]);
    expect(change(plan, 'Deployment/orders').fields).toEqual([
      { path: 'spec.template.spec.containers[orders].lifecycle.preStop.sleep.seconds', before: '1' },
    ]);
    expect(JSON.stringify(await objectOf(app.namespace, 'deployment/orders'))).not.toContain('preStop');
  });

  test('shows an image that is not built yet as such, and waits for nothing', async () => {
    app = await openApp();
    const created = await app.target.plan([await app.service('orders', { image: '', pending: true })]);
    expect(change(created, 'Deployment/orders').fields).toEqual([
      { path: 'containers[orders].image', after: 'will be built' },
    ]);
    await deploy(app.target, [await app.service('orders', { image })]);
    const updated = await app.target.plan([await app.service('orders', { image: '', pending: true })]);
    expect(change(updated, 'Deployment/orders').fields).toEqual([
      { path: 'spec.template.spec.containers[orders].image', before: image, after: 'will be built' },
    ]);
  });

  test('brings a definition and an object of it in one run', async () => {
    app = await openApp();
    const group = `${app.namespace}.example.com`;
    const thing = `apiVersion: ${group}/v1\nkind: Thing\nmetadata: {name: first}\nspec: {size: 3}\n`;
    const schema = '{type: object, properties: {spec: {type: object, properties: {size: {type: integer}}}}}';
    const definition = `apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: things.${group}}
spec:
  group: ${group}
  names: {kind: Thing, plural: things}
  scope: Namespaced
  versions: [{name: v1, served: true, storage: true, schema: {openAPIV3Schema: ${schema}}}]
`;
    try {
      const own = await app.service('orders', { image, files: { 'a.yaml': thing, 'b.yaml': definition } });
      expect(changed(await deploy(app.target, [own]))).toEqual({
        [`CustomResourceDefinition/things.${group}`]: 'create',
        'Thing/first': 'create',
      });
      expect(changed(await deploy(app.target, [own]))).toEqual({});
      const removal = await app.target.planRemoval();
      expect(change(removal, 'Thing/first').action).toBe('remove');
      expect(change(removal, `CustomResourceDefinition/things.${group}`)).toMatchObject({
        action: 'none',
        note: expect.stringContaining('kept'),
      });
    } finally {
      await kubectl(['delete', 'crd', `things.${group}`, '--ignore-not-found']);
    }
  });

  test('renders a kustomization with the real tool', async () => {
    app = await openApp();
    const files = {
      'kustomization.yaml': 'namePrefix: my-\nresources: [map.yaml]\n',
      'map.yaml': 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: settings}\ndata: {A: "1"}\n',
    };
    const plan = await deploy(app.target, [await app.service('orders', { image, files })]);
    expect(changed(plan)).toEqual({ 'ConfigMap/my-settings': 'create' });
  });
});

/** What the service answers, by a new connection. */
async function greeting({ namespace }: App): Promise<string> {
  const args = ['get', 'service', 'orders', '-n', namespace, '-o', 'jsonpath={.spec.clusterIP}'];
  const address = await kubectl(args);
  const options = { headers: { connection: 'close' }, signal: AbortSignal.timeout(1000) };
  return (await (await fetch(`http://${address}`, options)).text()).trim();
}

/** The node learns of addresses, and of those that are gone, some moments after the API server. */
async function expectGreeting(app: App, expected: string): Promise<void> {
  await vi.waitFor(async () => expect(await greeting(app)).toBe(expected), {
    timeout: 30_000,
    interval: 200,
  });
}

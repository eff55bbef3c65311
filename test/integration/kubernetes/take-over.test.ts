import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { KubernetesObject } from '../../../src/core/kubernetes-object.ts';
import type { DesiredService } from '../../../src/targets/target.ts';
import { labSuite } from '../../support/lab.ts';
import { applyAs } from './support/api.ts';
import { type App, change, changed, deploy, openApp } from './support/app.ts';
import { edit, everything, kubectl, objectOf } from './support/kubectl.ts';

const image = `registry.example.com/orders@sha256:${'a'.repeat(64)}`;
const lastApplied = 'kubectl.kubernetes.io/last-applied-configuration';

/** Runs no pod, so that nothing has to be pulled. */
const deployment = (pod: string, spec = '') => `apiVersion: apps/v1
kind: Deployment
metadata: {name: orders}
spec:
  replicas: 0
${spec}  selector: {matchLabels: {app: orders}}
  template:
    metadata: {labels: {app: orders}}
    spec:
${pod}
`;

const full = deployment(
  `      terminationGracePeriodSeconds: 7
      containers:
        - name: orders
          image: ${image}
          readinessProbe: {httpGet: {path: /readyz, port: 8080}, periodSeconds: 3}
          env: [{name: A, value: "1"}, {name: B, value: "2"}]
        - {name: side, image: example.com/side}`,
  '  minReadySeconds: 3\n',
);
const less = deployment(
  `      containers: [{name: orders, image: orders, livenessProbe: {tcpSocket: {port: 80}}, env: [{name: B, value: "2"}]}]`,
);
const service = (ports: string) =>
  `apiVersion: v1\nkind: Service\nmetadata: {name: orders}\nspec: {selector: {app: orders}, ports: [${ports}]}\n`;

labSuite('kubernetes target', ['kubeconfig', 'kubectl'], () => {
  let app: App;
  beforeAll(async () => {
    app = await openApp();
  });
  afterAll(() => app.close());
  beforeEach(async () => {
    await kubectl(['delete', 'deployment,service,secret,configmap,job', '--all', '-n', app.namespace]);
  });

  const manifests = (text: string): Promise<DesiredService> =>
    app.service('orders', {
      image,
      files: { 'all.yaml': text.includes('image: orders') ? text : `${text}---\n${less}` },
    });
  const clientApply = (input: string) => kubectl(['apply', '-n', app.namespace, '-f', '-'], { input });
  const managers = ({ metadata }: KubernetesObject) =>
    (metadata.managedFields as { manager: string; subresource?: string }[])
      .filter(({ subresource }) => !subresource)
      .map(({ manager }) => manager);
  /** What the plan shows is what has changed, and a second deploy has nothing to do. */
  const expectTaken = async (id: string, desired: DesiredService) => {
    const plan = await app.target.plan([desired]);
    expect(change(plan, id)).toMatchObject({ action: 'update', note: 'taken over from kubectl apply' });
    await deploy(app.target, [desired]);
    const before = await everything(app.namespace);
    expect(changed(await deploy(app.target, [desired]))).toEqual({});
    expect(await everything(app.namespace)).toEqual(before);
    const live = await objectOf(app.namespace, id);
    expect(managers(live)).not.toContain('kubectl-client-side-apply');
    expect(live.metadata.annotations ?? {}).not.toHaveProperty([lastApplied]);
    return { plan, live };
  };

  test('what kubectl apply set and the manifest does not have goes, with what the server completed it by', async () => {
    await clientApply(full);
    const { live, plan } = await expectTaken('Deployment/orders', await manifests(less));
    const spec = live.spec as { minReadySeconds?: number; template: { spec: { containers: object[] } } };
    expect(spec.minReadySeconds ?? 0).toBe(0);
    expect(spec.template.spec).toMatchObject({ terminationGracePeriodSeconds: 30 });
    expect(spec.template.spec.containers).toHaveLength(1);
    expect(spec.template.spec.containers[0]).toMatchObject({ image, env: [{ name: 'B', value: '2' }] });
    expect(spec.template.spec.containers[0]).not.toHaveProperty('readinessProbe');
    expect(change(plan, 'Deployment/orders').fields.map(({ path }) => path)).toEqual(
      expect.arrayContaining([
        'metadata.annotations[kubectl.kubernetes.io/last-applied-configuration]',
        'spec.minReadySeconds',
        'spec.template.spec.containers[orders].env[A].value',
        'spec.template.spec.terminationGracePeriodSeconds',
      ]),
    );
  });

  test('an app that kubectl applied from the same manifest keeps its pods', async () => {
    await clientApply(less.replace('image: orders', `image: ${image}`));
    const before = await objectOf(app.namespace, 'deployment/orders');
    const { live } = await expectTaken('Deployment/orders', await manifests(less));
    expect(live.spec).toEqual(before.spec);
    expect(live.metadata.uid).toBe(before.metadata.uid);
  });

  test('what others own beside kubectl apply stays theirs', async () => {
    await clientApply(full);
    await applyAs('robot', app.namespace, {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: 'orders' },
      spec: { minReadySeconds: 3 },
    });
    const { live } = await expectTaken('Deployment/orders', await manifests(less));
    expect(live.spec).toMatchObject({ minReadySeconds: 3 });
  });

  test("a Secret's data leave the annotation, and are in no plan", async () => {
    const secret = (data: string) =>
      `apiVersion: v1\nkind: Secret\nmetadata: {name: db}\nstringData: ${data}\n`;
    await clientApply(secret('{password: canary-1, user: canary-2}'));
    const { plan, live } = await expectTaken('Secret/db', await manifests(secret('{password: canary-3}')));
    expect(Object.keys(live.data as object)).toEqual(['password']);
    const { desired: _, ...shown } = change(plan, 'Secret/db');
    const encoded = ['canary-1', 'canary-2', 'canary-3'].map((text) => Buffer.from(text).toString('base64'));
    for (const text of ['canary', ...encoded]) expect(JSON.stringify(shown)).not.toContain(text);
  });

  test('a port of another number under the same name: of ours, of kubectl apply, of a person', async () => {
    const port = async (number: number) => {
      const desired = await manifests(service(`{name: http, port: ${number}}`));
      expect(changed(await deploy(app.target, [desired]))).toMatchObject({ 'Service/orders': 'update' });
      const { spec } = await objectOf(app.namespace, 'service/orders');
      expect((spec as { ports: object[] }).ports).toMatchObject([{ name: 'http', port: number }]);
      expect(changed(await deploy(app.target, [desired]))).toEqual({});
    };
    await clientApply(service('{name: http, port: 80}'));
    await port(8080);
    await port(8081);
    await edit(app.namespace, 'service/orders', 'port: 8081', 'port: 9090');
    await port(8081);
    await kubectl([
      'patch',
      'service/orders',
      '-n',
      app.namespace,
      '-p',
      '{"spec":{"ports":[{"name":"more","port":90}]}}',
    ]);
    expect(changed(await deploy(app.target, [await manifests(service('{name: http, port: 8081}'))]))).toEqual(
      {},
    );
  });
});

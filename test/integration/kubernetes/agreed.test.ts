import { afterEach, beforeEach, expect, test } from 'vitest';
import { ExpectedError, type Explanation } from '../../../src/core/errors.ts';
import { usual } from '../../../src/targets/kubernetes/plan/allowed.ts';
import { labSuite } from '../../support/lab.ts';
import { applyAs } from './support/api.ts';
import { type App, change, changed, deploy, openApp, openTarget } from './support/app.ts';
import { everything, kubectl, objectOf } from './support/kubectl.ts';

const image = `registry.example.com/orders@sha256:${'a'.repeat(64)}`;

const workload = (kind: string, app: string, more = '') => `apiVersion: apps/v1
kind: ${kind}
metadata: {name: orders}
spec:
  replicas: 0
${more}  selector: {matchLabels: {app: ${app}}}
  template:
    metadata: {labels: {app: ${app}}}
    spec: {containers: [{name: orders, image: orders, readinessProbe: {tcpSocket: {port: 80}}}]}
`;
const map = (value: string) =>
  `---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: settings}\ndata: {A: "${value}"}\n`;

labSuite('kubernetes target', ['kubeconfig', 'kubectl'], () => {
  let app: App;
  beforeEach(async () => {
    app = await openApp();
  });
  afterEach(() => app.close());

  const manifests = (text: string) => app.service('orders', { image, files: { 'all.yaml': text } });
  const refused = async (work: () => Promise<unknown>): Promise<Explanation> => {
    const before = await everything(app.namespace);
    const error = await work().catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(ExpectedError);
    expect(await everything(app.namespace)).toEqual(before);
    return (error as ExpectedError).explanation;
  };
  const allowing = (allowed: Partial<typeof usual>) =>
    openTarget(app.namespace, { allowed: { ...usual, ...allowed } });

  test('a fixed field is refused, and with consent the object is deleted and made anew once it is gone', async () => {
    await deploy(app.target, [await manifests(workload('Deployment', 'a'))]);
    const { metadata: before } = await objectOf(app.namespace, 'deployment/orders');
    const moved = await manifests(workload('Deployment', 'b'));
    expect(await refused(() => app.target.plan([moved]))).toMatchObject({
      code: 'E_IMMUTABLE',
      exit: 'conflict',
      message: expect.stringContaining('Deployment/orders cannot be changed: spec.selector'),
      hints: [expect.anything(), expect.stringContaining('--replace Deployment/orders')],
    });
    const target = allowing({ replace: ['deployment/orders'] });
    const plan = await target.plan([moved]);
    expect(change(plan, 'Deployment/orders')).toMatchObject({ action: 'replace' });
    expect(change(plan, 'Deployment/orders').fields).toContainEqual({
      path: 'spec.selector.matchLabels.app',
      before: 'a',
      after: 'b',
    });
    expect(changed(await deploy(target, [moved]))).toEqual({ 'Deployment/orders': 'replace' });
    const { metadata: after, spec } = await objectOf(app.namespace, 'deployment/orders');
    expect(after.uid).not.toBe(before.uid);
    expect(spec).toMatchObject({ selector: { matchLabels: { app: 'b' } } });
    expect(changed(await deploy(target, [moved]))).toEqual({});
    await target.close();
  });

  test('what the server makes anew each time is no change that anybody asked for', async () => {
    const job = (command: string) => `apiVersion: batch/v1
kind: Job
metadata: {name: migrate}
spec: {suspend: true, template: {spec: {restartPolicy: Never, containers: [{name: orders, image: orders, command: [${command}]}]}}}
`;
    await deploy(app.target, [await manifests(job('a'))]);
    const target = allowing({ replace: ['Job/migrate'] });
    const { fields } = change(await target.plan([await manifests(job('b'))]), 'Job/migrate');
    expect(fields).toEqual([
      { path: 'spec.template.spec.containers[orders].command', before: '["a"]', after: '["b"]' },
    ]);
    await target.close();
  });

  test('nothing is made while the old one is still held, and a namesake of the one that was planned stays', async () => {
    await deploy(app.target, [await manifests(workload('Deployment', 'a'))]);
    const hold = (finalizers: string) =>
      kubectl([
        ...['patch', 'deployment/orders', '-n', app.namespace, '--type=merge', '-p'],
        `{"metadata":{"finalizers":${finalizers}}}`,
      ]);
    await hold('["example.com/hold"]');
    const target = allowing({ replace: ['Deployment/orders'] });
    const plan = await target.plan([await manifests(workload('Deployment', 'b'))]);
    const replacing = change(plan, 'Deployment/orders');
    const impatient = AbortSignal.timeout(2000);
    await expect(target.apply(replacing, impatient)).rejects.toThrow();
    const held = await objectOf(app.namespace, 'deployment/orders');
    expect(held.metadata.deletionTimestamp).toBeDefined();
    expect(held.spec).toMatchObject({ selector: { matchLabels: { app: 'a' } } });
    await hold('null');
    await kubectl(['wait', '--for=delete', 'deployment/orders', '-n', app.namespace, '--timeout=20s']);
    await deploy(app.target, [await manifests(workload('Deployment', 'c'))]);
    const explanation = await refused(() => target.apply(replacing, AbortSignal.timeout(5000)));
    expect(explanation).toMatchObject({ code: 'E_MOVED', exit: 'conflict' });
    await target.close();
  });

  test("another manager's fields are taken of the named object, and of no other", async () => {
    const text = `${workload('Deployment', 'a', '  minReadySeconds: 1\n')}${map('1')}`;
    await deploy(app.target, [await manifests(text)]);
    const own = await objectOf(app.namespace, 'deployment/orders');
    const { apiVersion, kind } = own;
    await applyAs('robot', app.namespace, {
      ...{ apiVersion, kind, metadata: { name: 'orders' } },
      spec: { minReadySeconds: 5 },
    });
    await applyAs('robot', app.namespace, {
      ...{ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'settings' } },
      data: { A: '5' },
    });
    const desired = await manifests(text);
    const explanation = await refused(() => app.target.plan([desired]));
    expect(explanation).toMatchObject({
      code: 'E_CONFLICT',
      message: '2 fields are owned by other managers',
    });
    expect(explanation.hints!.at(-1)).toContain(
      '--force-conflicts ConfigMap/settings --force-conflicts Deployment/orders',
    );
    const one = allowing({ forceConflicts: ['Deployment/orders'] });
    expect(await refused(() => one.plan([desired]))).toMatchObject({
      where: 'ConfigMap/settings data.A = 5',
    });
    const both = allowing({ forceConflicts: ['Deployment/orders', 'ConfigMap/settings'] });
    expect(change(await deploy(both, [desired]), 'ConfigMap/settings')).toMatchObject({
      action: 'update',
      fields: [{ path: 'data.A', before: '5', after: '1' }],
      note: expect.stringMatching(/^robot changed data\.A/),
    });
    expect((await objectOf(app.namespace, 'configmap/settings')).data).toEqual({ A: '1' });
    expect(changed(await deploy(app.target, [desired]))).toEqual({});
    await Promise.all([one.close(), both.close()]);
  });

  test('what was there before is taken in by name', async () => {
    await kubectl(['create', 'configmap', 'settings', '-n', app.namespace, '--from-literal=A=1']);
    const desired = await manifests(`${workload('Deployment', 'a')}${map('2')}`);
    expect(await refused(() => app.target.plan([desired]))).toMatchObject({ code: 'E_CONFLICT' });
    const target = allowing({ forceConflicts: ['ConfigMap/settings'] });
    expect(changed(await deploy(target, [desired]))).toMatchObject({ 'ConfigMap/settings': 'update' });
    expect((await objectOf(app.namespace, 'configmap/settings')).data).toEqual({ A: '2' });
    await target.close();
  });

  test('a name that no manifest has is no consent', async () => {
    const target = allowing({ replace: ['Deployment/order'] });
    const desired = await manifests(workload('Deployment', 'a'));
    expect(await refused(() => target.plan([desired]))).toMatchObject({
      exit: 'usage',
      hints: ['did you mean Deployment/orders?'],
    });
    await target.close();
  });
});

import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import type { ExpectedError } from '../../../src/core/errors.ts';
import type { DesiredService } from '../../../src/targets/target.ts';
import { labSuite } from '../../support/lab.ts';
import { type App, change, changed, deploy, openApp } from './support/app.ts';
import { edit, everything, kubectl, objectOf, settled } from './support/kubectl.ts';
import { pushProbeImage } from './support/probe-image.ts';

labSuite('kubernetes target', ['kubeconfig', 'kubectl', 'pods', 'registry'], () => {
  let image: string;
  let app: App;
  let orders: DesiredService;
  // Each test leaves the app as it found it: that is what it is about.
  beforeAll(async () => {
    image = await pushProbeImage('kubernetes-target/orders');
    app = await openApp();
    orders = await app.service('orders', { image });
    await deploy(app.target, [orders]);
  });
  afterAll(() => app.close());

  const container = async () => {
    const { spec } = await objectOf(app.namespace, 'deployment/orders');
    return (spec as { template: { spec: { containers: { image: string; env: object[] }[] } } }).template.spec
      .containers[0]!;
  };

  /** The next deploy undoes it and says who it was; the one after that has nothing to do. */
  const expectRepair = async (expected: Record<string, string>, note?: RegExp) => {
    const plan = await deploy(app.target, [orders]);
    expect(changed(plan)).toEqual(expected);
    if (note) expect(change(plan, Object.keys(expected)[0]!).note).toMatch(note);
    const before = await settled(app.namespace);
    expect(changed(await deploy(app.target, [orders]))).toEqual({});
    expect(await everything(app.namespace)).toEqual(before);
    return plan;
  };

  test('kubectl edit', async () => {
    await edit(app.namespace, 'deployment/orders', 'value: info', 'value: trace');
    const plan = await expectRepair(
      { 'Deployment/orders': 'update' },
      /^kubectl-edit changed spec\.template\.spec\.containers\[orders\]\.env\[LOG_LEVEL\]\.value \S+ ago$/,
    );
    expect(change(plan, 'Deployment/orders').fields).toEqual([
      { path: 'spec.template.spec.containers[orders].env[LOG_LEVEL].value', before: 'trace', after: 'info' },
    ]);
    expect((await container()).env).toEqual([{ name: 'LOG_LEVEL', value: 'info' }]);
  });

  test('kubectl scale', async () => {
    await kubectl(['scale', '-n', app.namespace, 'deployment/orders', '--replicas=3']);
    await expectRepair({ 'Deployment/orders': 'update' }, /^kubectl scale changed spec\.replicas/);
    expect((await objectOf(app.namespace, 'deployment/orders')).spec).toMatchObject({ replicas: 1 });
  });

  test('kubectl set image', async () => {
    await kubectl(['set', 'image', '-n', app.namespace, 'deployment/orders', 'orders=elsewhere/orders:1']);
    await expectRepair(
      { 'Deployment/orders': 'update' },
      /^kubectl-set changed spec\.template\.spec\.containers\[orders\]\.image/,
    );
    expect((await container()).image).toBe(image);
  });

  test('kubectl patch and edit of several fields at once', async () => {
    const patch =
      '{"spec":{"template":{"spec":{"terminationGracePeriodSeconds":7,"automountServiceAccountToken":true}}}}';
    await kubectl(['patch', '-n', app.namespace, 'deployment/orders', '-p', patch]);
    await edit(app.namespace, 'deployment/orders', 'team: a', 'team: b');
    await expectRepair(
      { 'Deployment/orders': 'update' },
      /^kubectl-edit changed metadata\.labels\.team \S+ ago, kubectl-patch changed 2 fields \S+ ago$/,
    );
  });

  test('a label that was taken away', async () => {
    await kubectl(['label', '-n', app.namespace, 'deployment/orders', 'cloudnative.dev/app-', 'team-']);
    const plan = await expectRepair({ 'Deployment/orders': 'update' });
    expect(change(plan, 'Deployment/orders').fields).toEqual([
      { path: 'metadata.labels.team', after: 'a' },
      { path: 'metadata.labels[cloudnative.dev/app]', after: 'shop' },
    ]);
  });

  test('objects that were deleted', async () => {
    await kubectl(['delete', '-n', app.namespace, 'service/orders', 'deployment/orders', '--wait']);
    await vi.waitFor(
      async () => expect(await kubectl(['get', 'endpoints', '-n', app.namespace, '-o', 'name'])).toBe(''),
      10_000,
    );
    await expectRepair({ 'Deployment/orders': 'create', 'Service/orders': 'create' });
  });

  test('a field set by hand and set back becomes ours again', async () => {
    await edit(app.namespace, 'deployment/orders', 'value: info', 'value: trace');
    await edit(app.namespace, 'deployment/orders', 'value: trace', 'value: info');
    await expectRepair({ 'Deployment/orders': 'update' }, /its fields become ours/);
  });

  test('what the manifest does not say is left to whoever says it', async () => {
    await kubectl(['annotate', '-n', app.namespace, 'deployment/orders', 'example.com/note=mine']);
    await kubectl(['set', 'env', '-n', app.namespace, 'deployment/orders', 'EXTRA=1']);
    expect(changed(await deploy(app.target, [orders]))).toEqual({});
    expect((await container()).env).toHaveLength(2);
    await kubectl(['set', 'env', '-n', app.namespace, 'deployment/orders', 'EXTRA-']);
  });

  test('a field of another applier is not taken', async () => {
    const other = await objectOf(app.namespace, 'deployment/orders');
    const input = JSON.stringify({
      apiVersion: other.apiVersion,
      kind: other.kind,
      metadata: { name: 'orders' },
      spec: { replicas: 2 },
    });
    const args = [
      'apply',
      '-n',
      app.namespace,
      '--server-side',
      '--force-conflicts',
      '--field-manager=gitops',
      '-f',
      '-',
    ];
    await kubectl(args, { input });
    const error = await deploy(app.target, [orders]).catch((thrown: ExpectedError) => thrown);
    expect((error as ExpectedError).explanation).toMatchObject({
      code: 'E_CONFLICT',
      exit: 'conflict',
      message: '1 field is owned by another manager',
      where: 'Deployment/orders spec.replicas = 2',
      why: expect.stringMatching(/^gitops set it \S+ ago; the manifest says 1$/),
      hints: [
        'remove replicas from the manifest to leave it to others',
        'or take what others set: --force-conflicts Deployment/orders',
      ],
    });
    expect((await objectOf(app.namespace, 'deployment/orders')).spec).toMatchObject({ replicas: 2 });
  });
});

import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ExpectedError } from '../../../src/core/errors.ts';
import type { KubernetesObject } from '../../../src/core/kubernetes-object.ts';
import { fieldChanges } from '../../../src/plan/field-changes.ts';
import { labSuite } from '../../support/lab.ts';
import { type App, change, changed, deploy, openApp } from './support/app.ts';
import { edit, everything, kubectl, objectOf } from './support/kubectl.ts';

const image = `registry.example.com/orders@sha256:${'a'.repeat(64)}`;
const id = 'Deployment/orders';

interface Shape {
  grace: number | null;
  level: string;
  labels: Record<string, string>;
  args: string[];
  cpu: string;
  side: boolean;
}

const shapes: fc.Arbitrary<Shape> = fc.record({
  grace: fc.constantFrom(5, 30, null),
  level: fc.constantFrom('info', 'debug'),
  labels: fc.dictionary(fc.constantFrom('team', 'tier'), fc.constantFrom('a', 'b')),
  args: fc.array(fc.constantFrom('x', 'y'), { maxLength: 2 }),
  cpu: fc.constantFrom('10m', '1000m'),
  side: fc.boolean(),
});

const manifest = ({ grace, level, labels, args, cpu, side }: Shape) =>
  JSON.stringify({
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'orders', labels },
    spec: {
      replicas: 0,
      selector: { matchLabels: { app: 'orders' } },
      template: {
        metadata: { labels: { app: 'orders' } },
        spec: {
          terminationGracePeriodSeconds: grace,
          containers: [
            ...(side
              ? [{ name: 'side', image: 'example.com/side', readinessProbe: { tcpSocket: { port: 81 } } }]
              : []),
            {
              name: 'orders',
              image: 'orders',
              args,
              env: [{ name: 'LEVEL', value: level }],
              resources: { requests: { cpu } },
              readinessProbe: { tcpSocket: { port: 80 } },
            },
          ],
        },
      },
    },
  });

labSuite('kubernetes target', ['kubeconfig', 'kubectl'], () => {
  let app: App;
  beforeAll(async () => {
    app = await openApp();
  });
  afterAll(() => app.close());

  const service = (shape: Shape) =>
    app.service('orders', { image, files: { 'orders.yaml': manifest(shape) } });
  const live = (): Promise<KubernetesObject> => objectOf(app.namespace, 'deployment/orders');
  const some: Shape = { grace: 5, level: 'info', labels: {}, args: [], cpu: '10m', side: false };
  const apply = (plan: Awaited<ReturnType<App['target']['plan']>>) =>
    app.target.apply(change(plan, id), AbortSignal.timeout(10_000));

  test('a plan writes nothing, and shows what the deploy then does', async () => {
    await deploy(app.target, [await service(some)]);
    const all = await everything(app.namespace);
    await app.target.plan([await service({ ...some, level: 'debug', side: true })]);
    expect(await everything(app.namespace)).toEqual(all);
    const property = fc.asyncProperty(shapes, async (shape) => {
      const desired = await service(shape);
      const before = await live();
      const plan = await app.target.plan([desired]);
      expect(await live()).toEqual(before);
      await deploy(app.target, [desired]);
      const after = await live();
      const seen = ({ path }: { path: string }) =>
        path !== 'metadata.annotations[deployment.kubernetes.io/revision]';
      expect(fieldChanges(before, after).filter(seen)).toEqual(change(plan, id).fields);
      expect(changed(await app.target.plan([desired]))).toEqual({});
    });
    await fc.assert(property, { numRuns: 12 });
  });

  test('an object that was changed since it was planned is not written to, unless the plan shows all the same', async () => {
    await deploy(app.target, [await service(some)]);
    const plan = await app.target.plan([await service({ ...some, level: 'debug' })]);
    await edit(
      app.namespace,
      'deployment/orders',
      'terminationGracePeriodSeconds: 5',
      'terminationGracePeriodSeconds: 6',
    );
    await expect(apply(plan)).rejects.toThrow(ExpectedError);
    const spec = (await live()).spec as { template: { spec: { terminationGracePeriodSeconds: number } } };
    expect(spec.template.spec.terminationGracePeriodSeconds).toBe(6);

    // A plan that takes back one edit does not take back the next.
    const taking = await app.target.plan([await service({ ...some, level: 'debug' })]);
    await kubectl(['annotate', 'deployment/orders', '-n', app.namespace, 'example.com/note=mine']);
    await kubectl(['scale', 'deployment/orders', '-n', app.namespace, '--replicas=1']);
    const error = await apply(taking).catch((thrown: unknown) => thrown);
    expect((error as ExpectedError).explanation).toMatchObject({
      code: 'E_MOVED',
      exit: 'conflict',
      message: 'Deployment/orders has changed since it was planned',
      why: ['spec.replicas is 1 now'],
    });
    expect((await live()).spec).toMatchObject({ replicas: 1 });
    await kubectl(['scale', 'deployment/orders', '-n', app.namespace, '--replicas=0']);

    const last = await app.target.plan([await service({ ...some, level: 'debug' })]);
    await kubectl(['annotate', 'deployment/orders', '-n', app.namespace, 'example.com/other=mine']);
    await apply(last);
    const after = await live();
    expect(after.metadata.annotations).toMatchObject({
      'example.com/note': 'mine',
      'example.com/other': 'mine',
    });
    expect(after.spec).toMatchObject({ template: { spec: { terminationGracePeriodSeconds: 5 } } });
  });

  test('one that was deleted, or deleted and made anew, is not written to', async () => {
    await deploy(app.target, [await service(some)]);
    const plan = await app.target.plan([await service({ ...some, level: 'debug' })]);
    await kubectl(['delete', 'deployment/orders', '-n', app.namespace]);
    await expect(apply(plan)).rejects.toMatchObject({
      explanation: { code: 'E_MOVED', why: ['it was removed'] },
    });
    await kubectl([
      'create',
      'deployment',
      'orders',
      '-n',
      app.namespace,
      '--image=example.com/x',
      '--replicas=0',
    ]);
    const { metadata } = await live();
    await expect(apply(plan)).rejects.toThrow(ExpectedError);
    expect((await live()).metadata.resourceVersion).toBe(metadata.resourceVersion);
    await kubectl(['delete', 'deployment/orders', '-n', app.namespace]);
  });
});

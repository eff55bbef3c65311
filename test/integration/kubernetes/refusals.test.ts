import { afterAll, beforeAll, expect, test } from 'vitest';
import { ExpectedError, type Explanation } from '../../../src/core/errors.ts';
import type { DesiredService } from '../../../src/targets/target.ts';
import { labSuite } from '../../support/lab.ts';
import {
  type App,
  change,
  changed,
  deploy,
  openApp,
  openTarget,
  type ServiceOptions,
} from './support/app.ts';
import { everything, kubectl } from './support/kubectl.ts';

// No pods are needed to be refused, so none are started: the image need not exist.
const image =
  'nowhere.invalid/orders@sha256:0000000000000000000000000000000000000000000000000000000000000000';
const configMap = (name: string, rest = '') =>
  `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: ${name}}\n${rest}`;
const job = (command: string) => `apiVersion: batch/v1
kind: Job
metadata: {name: migrate}
spec: {suspend: true, template: {spec: {restartPolicy: Never, containers: [{name: orders, image: orders, command: [${command}]}]}}}
`;

labSuite('kubernetes target', ['kubeconfig', 'kubectl'], () => {
  let app: App;
  beforeAll(async () => {
    app = await openApp();
  });
  afterAll(() => app.close());

  const service = (files: Record<string, string>, options: Partial<ServiceOptions> = {}) =>
    app.service('orders', { image, files, ...options });

  /** Planning fails with this, and nothing has changed. */
  const refusal = async (desired: DesiredService, target = app.target): Promise<Explanation> => {
    const before = await everything(app.namespace);
    const error = await target.plan([desired]).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(ExpectedError);
    expect(await everything(app.namespace)).toEqual(before);
    return (error as ExpectedError).explanation;
  };

  test('a kind that neither the cluster nor the manifests define', async () => {
    const text = `${configMap('a')}---\napiVersion: example.com/v1\nkind: Ingres\nmetadata: {name: b}\n`;
    const old = 'apiVersion: policy/v1beta1\nkind: PodDisruptionBudget\nmetadata: {name: c}\n';
    const explanation = await refusal(await service({ 'a.yaml': text, 'b.yaml': old }));
    expect(explanation).toMatchObject({ code: 'E_KIND_UNKNOWN', exit: 'validation' });
    expect(explanation.where).toMatch(/orders\/a\.yaml:5 Ingres\/b$/);
    expect(explanation.why).toEqual([
      expect.stringMatching(
        /a\.yaml:5 Ingres\/b: neither the cluster nor .* defines Ingres in example\.com\/v1; did you mean Ingress\?$/,
      ),
      expect.stringMatching(
        /b\.yaml:1 PodDisruptionBudget\/c: the cluster has PodDisruptionBudget in policy\/v1, not in policy\/v1beta1$/,
      ),
    ]);
  });

  test('every manifest that the server does not accept, each with its place', async () => {
    const explanation = await refusal(
      await service({
        'a.yaml': `${configMap('good')}---\n${configMap('bad', 'dato: {A: b}\n')}`,
        'b.yaml': configMap('UPPER'),
        'c.yaml': 'apiVersion: v1\nkind: Service\nmetadata: {name: c}\nspec: {ports: [{port: 99999}]}\n',
      }),
    );
    expect(explanation).toMatchObject({
      code: 'E_MANIFEST',
      exit: 'validation',
      message: 'the manifests have 4 problems',
    });
    expect(explanation.why).toEqual([
      expect.stringMatching(/a\.yaml:5 ConfigMap\/bad: \.dato: field not declared in schema$/),
      expect.stringMatching(/b\.yaml:1 ConfigMap\/UPPER: metadata\.name: Invalid value: "UPPER"/),
      expect.stringMatching(
        /c\.yaml:1 Service\/c: spec\.ports\[0\]\.port: Invalid value: 99999: must be between/,
      ),
      expect.stringMatching(/c\.yaml:1 Service\/c: spec\.ports\[0\]\.targetPort: Invalid value: 99999/),
    ]);
  });

  test('values of a Secret are in no message', async () => {
    const secret = (rest: string) => `apiVersion: v1\nkind: Secret\nmetadata: {name: s}\n${rest}\n`;
    for (const rest of [
      'data: {password: "canary!"}',
      'stringData: {password: {nested: canary}}',
      'data: [canary]',
      'type: 5\nstringData: {a: canary}',
    ]) {
      const explanation = await refusal(await service({ 's.yaml': secret(rest) }));
      expect(explanation).toMatchObject({ code: 'E_MANIFEST' });
      expect(JSON.stringify(explanation)).not.toContain('canary');
    }
    await deploy(app.target, [await service({ 's.yaml': secret('stringData: {password: canary-1}') })]);
    expect(
      changed(
        await deploy(app.target, [await service({ 's.yaml': secret('stringData: {password: canary-1}') })]),
      ),
    ).toEqual({});
    const plan = await app.target.plan([
      await service({ 's.yaml': secret('stringData: {password: canary-2}') }),
    ]);
    expect(change(plan, 'Secret/s').fields).toEqual([{ path: 'data.password', secret: true }]);
    const input = secret('data: {password: Y2FuYXJ5}');
    await kubectl(
      [
        'apply',
        '-n',
        app.namespace,
        '--server-side',
        '--force-conflicts',
        '--field-manager=gitops',
        '-f',
        '-',
      ],
      { input },
    );
    const conflict = await refusal(await service({ 's.yaml': secret('data: {password: Y2FuYXJ5Mg==}') }));
    expect(conflict).toMatchObject({
      code: 'E_CONFLICT',
      where: 'Secret/s data.password',
      why: expect.stringMatching(/^gitops set it/),
    });
    expect(JSON.stringify(conflict)).not.toMatch(/canary|Y2Fu/);
  });

  test('an object of another namespace', async () => {
    const explanation = await refusal(
      await service({
        'a.yaml': 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a, namespace: kube-system}\n',
      }),
    );
    expect(explanation.why).toEqual([
      expect.stringContaining(
        `a.yaml:1 ConfigMap/a is for namespace kube-system, this deploy is for ${app.namespace}`,
      ),
    ]);
  });

  test('a field that is fixed', async () => {
    await deploy(app.target, [await service({ 'job.yaml': job('a') })]);
    const explanation = await refusal(await service({ 'job.yaml': job('b') }));
    // Which field it is, the server says: of a suspended Job up to 1.34 the template, in 1.37 the template's spec.
    expect(explanation).toMatchObject({
      code: 'E_IMMUTABLE',
      exit: 'conflict',
      message: expect.stringMatching(
        /^Job\/migrate cannot be changed: spec\.template(\.spec)? is fixed when it is created$/,
      ),
      why: [
        expect.stringMatching(/^spec\.template(\.spec)?: field is immutable$/),
        'spec.template.spec.containers[orders].command: ["a"] → ["b"]',
      ],
    });
  });

  test('what belongs to another app, or to another environment', async () => {
    await deploy(app.target, [await service({ 'a.yaml': configMap('taken', 'data: {A: "1"}\n') })]);
    const same = await service({ 'a.yaml': configMap('taken', 'data: {A: "1"}\n') });
    const others = [
      openTarget(app.namespace, { scope: { app: 'bank', environment: 'staging' } }),
      openTarget(app.namespace, { scope: { app: 'shop', environment: 'live' } }),
    ];
    for (const target of others) {
      expect(await refusal(same, target)).toMatchObject({
        code: 'E_CONFLICT',
        exit: 'conflict',
        message: 'ConfigMap/taken belongs to shop in staging',
      });
      await target.close();
    }
  });

  test('what was there before and differs; what is equal is taken in', async () => {
    await kubectl(['create', 'configmap', 'mine', '-n', app.namespace, '--from-literal=A=1']);
    const explanation = await refusal(await service({ 'a.yaml': configMap('mine', 'data: {A: "2"}\n') }));
    expect(explanation).toMatchObject({
      code: 'E_CONFLICT',
      exit: 'conflict',
      where: 'ConfigMap/mine data.A = 1',
      why: expect.stringMatching(/^kubectl-create set it .* ago; the manifest says 2$/),
    });
    expect(explanation.hints!.join(' ')).toMatch(
      /was there before.* remove the fields from it to leave them/,
    );
    const plan = await deploy(app.target, [
      await service({ 'a.yaml': configMap('mine', 'data: {A: "1"}\n') }),
    ]);
    expect(changed(plan)).toMatchObject({ 'ConfigMap/mine': 'update' });
  });

  test('one object in the manifests of two services', async () => {
    const files = { 'a.yaml': configMap('shared') };
    const two = [
      await app.service('orders', { image, files }),
      await app.service('catalog', { image, files }),
    ];
    const error = (await app.target.plan(two).catch((thrown: unknown) => thrown)) as ExpectedError;
    expect(error.explanation.why).toEqual([
      expect.stringMatching(
        /catalog\/a\.yaml:1 ConfigMap\/shared of catalog is also in .*orders\/a\.yaml:1 of orders$/,
      ),
    ]);
  });

  test('the removal of a label does not open an object to another app', async () => {
    await deploy(app.target, [await service({ 'a.yaml': configMap('half', 'data: {A: "1"}\n') })]);
    await kubectl(['label', '-n', app.namespace, 'configmap/half', 'cloudnative.dev/environment-']);
    expect(
      changed(await deploy(app.target, [await service({ 'a.yaml': configMap('half', 'data: {A: "1"}\n') })])),
    ).toEqual({
      'ConfigMap/half': 'update',
    });
  });

  test('what is still being removed', async () => {
    const files = { 'a.yaml': configMap('going', 'data: {A: "1"}\n') };
    await deploy(app.target, [await service(files)]);
    const hold = (finalizers: string) =>
      kubectl([
        'patch',
        'configmap/going',
        '-n',
        app.namespace,
        '--type=merge',
        '-p',
        `{"metadata":{"finalizers":${finalizers}}}`,
      ]);
    await hold('["example.com/hold"]');
    await kubectl(['delete', 'configmap/going', '-n', app.namespace, '--wait=false']);
    expect(await refusal(await service(files))).toMatchObject({
      code: 'E_TERMINATING',
      exit: 'conflict',
      message: 'ConfigMap/going is still being removed',
      why: expect.stringContaining('held by example.com/hold'),
    });
    await hold('null');
    expect(changed(await deploy(app.target, [await service(files)]))).toEqual({
      'ConfigMap/going': 'create',
    });
  });

  test('explicit nulls mean what they mean to kubectl', async () => {
    const text = `${configMap('nulls', 'data:\n  A: "1"\n  B:\n')}`;
    const metadata =
      'apiVersion: v1\nkind: ServiceAccount\nmetadata:\n  name: nulls\n  labels:\n  annotations:\n';
    await deploy(app.target, [await service({ 'a.yaml': text, 'b.yaml': metadata })]);
    const own = await kubectl(['get', 'configmap/nulls', '-n', app.namespace, '-o', 'jsonpath={.data}']);
    await kubectl(['apply', '--server-side', '-n', app.namespace, '-f', '-'], {
      input: text.replace('nulls', 'theirs'),
    });
    expect(own).toBe(
      await kubectl(['get', 'configmap/theirs', '-n', app.namespace, '-o', 'jsonpath={.data}']),
    );
    expect(
      changed(await deploy(app.target, [await service({ 'a.yaml': text, 'b.yaml': metadata })])),
    ).toEqual({});
  });

  test('explicit nulls take away what was there, as they do for kubectl', async () => {
    const steps = [
      'data: {A: "1", B: "2"}\nimmutable: false\n',
      'data: {A: "1", B: null}\nimmutable: null\n',
      'data: null\n',
    ];
    const read = async (name: string) => {
      const object = JSON.parse(
        await kubectl(['get', `configmap/${name}`, '-n', app.namespace, '-o', 'json']),
      ) as { data?: object; immutable?: boolean };
      return { data: object.data, immutable: object.immutable };
    };
    for (const step of steps) {
      const own = await service({ 'a.yaml': configMap('less', step) });
      await deploy(app.target, [own]);
      await kubectl(['apply', '--server-side', '-n', app.namespace, '-f', '-'], {
        input: configMap('theirs-less', step),
      });
      expect(await read('less')).toEqual(await read('theirs-less'));
      expect(changed(await deploy(app.target, [own]))).toEqual({});
    }
  });
});

import { setTimeout } from 'node:timers/promises';
import { afterEach, expect, test } from 'vitest';
import { labSuite } from '../../support/lab.ts';
import { type App, changed, deploy, destroy, openApp, openTarget } from './support/app.ts';
import { explained } from './support/explained.ts';
import { kubectl } from './support/kubectl.ts';
import { configMaps, recorded } from './support/record.ts';

const image =
  'nowhere.invalid/orders@sha256:0000000000000000000000000000000000000000000000000000000000000000';

labSuite('kubernetes target', ['kubeconfig', 'kubectl'], () => {
  let app: App;
  afterEach(() => app.close());

  const maps = (...names: Parameters<typeof configMaps>) =>
    app.service('orders', { image, files: configMaps(...names) });

  test('keeps what admission refuses to delete on record, removes the rest, and tries again', async () => {
    app = await openApp();
    await deploy(app.target, [await maps('a', 'b', 'protected', 'z1', 'z2')]);
    await forbidDeletion(app.namespace, 'protected');
    try {
      for (let attempt = 1; attempt <= 3; attempt++) {
        const refusal = await explained(deploy(app.target, [await maps('a')]));
        expect(refusal).toMatchObject({
          code: 'E_REFUSED',
          message: 'the cluster refused to remove ConfigMap/protected',
          why: expect.stringContaining('protected by the test'),
        });
        expect(await recorded(app.namespace)).toContain('ConfigMap/protected');
        const left = await kubectl(['get', 'configmap', '-n', app.namespace, '-o', 'name']);
        expect(left).toContain('configmap/protected');
        expect(left).not.toMatch(/configmap\/(b|z1|z2)\n/);
      }
    } finally {
      await allowDeletion(app.namespace);
    }
    await expect
      .poll(async () => deploy(app.target, [await maps('a')]).then(changed, () => 'refused'), {
        timeout: 20_000,
      })
      .not.toBe('refused');
    expect(await recorded(app.namespace)).toEqual(['ConfigMap/a']);
  });

  test('quotes nothing of a Secret that admission refuses to delete, be it removed or made anew', async () => {
    app = await openApp();
    const files = (data: string) => ({
      ...configMaps('a'),
      'secret.yaml': `apiVersion: v1\nkind: Secret\nmetadata: {name: login}\nimmutable: true\nstringData: {password: ${data}}\n`,
    });
    await deploy(app.target, [await app.service('orders', { image, files: files('hunter2') })]);
    const words = "'OLD ' + string(oldObject.data.password)";
    await forbidDeletion(app.namespace, 'login', { kind: 'secret', words });
    const said = `ValidatingAdmissionPolicy '${app.namespace}'`;
    const replacing = openTarget(app.namespace, {
      allowed: { forceConflicts: [], replace: ['Secret/login'], preflight: true },
    });
    try {
      const other = await app.service('orders', { image, files: files('other') });
      const refusals = [
        await explained(deploy(replacing, [other])),
        await explained(deploy(app.target, [await maps('a')])),
        await explained(destroy(app.target)),
      ];
      for (const refusal of refusals) {
        expect(refusal).toMatchObject({ code: 'E_REFUSED', why: expect.stringContaining(said) });
        expect(JSON.stringify(refusal)).not.toMatch(/hunter2|aHVudGVyMg|OLD/);
      }
    } finally {
      await allowDeletion(app.namespace);
      await replacing.close();
    }
  });

  test('tells at the timeout what a finalizer holds, strips none, and does not mind what is going already', async () => {
    app = await openApp();
    await deploy(app.target, [await maps('a', 'held', 'going', 'b')]);
    const hold = '{"metadata":{"finalizers":["example.com/hold"]}}';
    const patch = (name: string, text: string) =>
      kubectl(['patch', 'configmap', name, '-n', app.namespace, '--type=merge', '-p', text]);
    await patch('held', hold);
    await patch('going', hold);
    await kubectl(['delete', 'configmap', 'going', '-n', app.namespace, '--wait=false']);
    try {
      const started = Date.now();
      const late = await explained(deploy(app.target, [await maps('a')], { timeout: 3000 }));
      expect(Date.now() - started).toBeGreaterThan(2900);
      expect(late).toMatchObject({
        code: 'E_TIMEOUT',
        exit: 'timeout',
        message: expect.stringMatching(
          /^ConfigMap\/(held|going) is not gone: being removed, held by example.com\/hold/,
        ),
      });
      const finalizers = await kubectl([
        'get',
        'configmap',
        'held',
        'going',
        '-n',
        app.namespace,
        '-o',
        'jsonpath={.items[*].metadata.finalizers}',
      ]);
      expect(finalizers).toBe('["example.com/hold"] ["example.com/hold"]');
      expect(await recorded(app.namespace)).toEqual(
        expect.arrayContaining(['ConfigMap/held', 'ConfigMap/going']),
      );
    } finally {
      await patch('held', '{"metadata":{"finalizers":null}}');
      await patch('going', '{"metadata":{"finalizers":null}}');
    }
    expect(changed(await deploy(app.target, [await maps('a')]))).toEqual({});
    expect(await recorded(app.namespace)).toEqual(['ConfigMap/a']);
  });
});

/** For one object of one namespace; returns when the API server has learnt it. */
async function forbidDeletion(
  namespace: string,
  name: string,
  { kind = 'configmap', words }: { kind?: 'configmap' | 'secret'; words?: string } = {},
): Promise<void> {
  const selector = { matchLabels: { 'kubernetes.io/metadata.name': namespace } };
  const resources = [`${kind}s`];
  const rules = [{ apiGroups: [''], apiVersions: ['v1'], operations: ['DELETE'], resources }];
  const expression = `oldObject.metadata.name != '${name}'`;
  const policy = {
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: 'ValidatingAdmissionPolicy',
    metadata: { name: namespace },
    spec: {
      failurePolicy: 'Fail',
      matchConstraints: { namespaceSelector: selector, resourceRules: rules },
      validations: [
        { expression, message: 'protected by the test', messageExpression: words, reason: 'Forbidden' },
      ],
    },
  };
  const binding = {
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: 'ValidatingAdmissionPolicyBinding',
    metadata: { name: namespace },
    spec: {
      policyName: namespace,
      validationActions: ['Deny'],
      matchResources: { namespaceSelector: selector },
    },
  };
  const items = { apiVersion: 'v1', kind: 'List', items: [policy, binding] };
  await kubectl(['create', '-f', '-'], { input: JSON.stringify(items) });
  const dryRun = ['delete', kind, name, '-n', namespace, '--dry-run=server'];
  for (const deadline = Date.now() + 30_000; ; await setTimeout(200)) {
    const accepted = await kubectl(dryRun).catch(() => undefined);
    if (accepted === undefined) return;
    if (Date.now() > deadline) throw new Error('the policy does not come into force');
  }
}

async function allowDeletion(namespace: string): Promise<void> {
  const kinds = 'validatingadmissionpolicybinding,validatingadmissionpolicy';
  await kubectl(['delete', kinds, namespace, '--ignore-not-found']);
}

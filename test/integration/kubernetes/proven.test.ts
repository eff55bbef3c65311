import { setTimeout } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { labSuite } from '../../support/lab.ts';
import { type App, changed, deploy, openApp, openTarget } from './support/app.ts';
import { type FaultProxy, faultProxy } from './support/fault-proxy.ts';
import { type KubeconfigChanges, plainCluster, writeKubeconfig } from './support/kubeconfig.ts';
import { kubectl } from './support/kubectl.ts';

const count = 30;
const image = `registry.example.com/orders@sha256:${'a'.repeat(64)}`;
const maps = Array.from(
  { length: count },
  (_, index) => `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: settings-${index}}\ndata: {A: "1"}\n`,
);

labSuite('kubernetes target', ['kubeconfig', 'kubectl'], () => {
  let app: App;
  let proxy: FaultProxy;
  beforeAll(async () => {
    proxy = await faultProxy(() => undefined);
  });
  afterAll(() => proxy.close());
  beforeEach(async () => {
    app = await openApp();
    return () => app.close();
  });

  /** Plans 30 new ConfigMaps as a user: how many were asked about, and what came of it. */
  const planned = async (user?: KubeconfigChanges['user'], files = { 'maps.yaml': maps.join('---\n') }) => {
    const kubeconfig = await writeKubeconfig(app.folder, { cluster: plainCluster(proxy.url), user });
    const target = openTarget(app.namespace, { kubeconfig });
    proxy.seen.length = 0;
    const plan = target.plan([await app.service('orders', { image, files })]);
    const creations = await plan.then(
      (made) => Object.values(changed(made)).filter((action) => action === 'create').length,
      (error: Error) => error.message,
    );
    const asked = proxy.seen.filter((line) => line.includes('dryRun=All')).length;
    await target.close();
    return { creations, asked };
  };
  /** A user who may do this in the app's namespace. */
  const limited = async (...rights: string[][]) => {
    const user = `--serviceaccount=${app.namespace}:ci`;
    await kubectl(['create', 'serviceaccount', 'ci', '-n', app.namespace]);
    for (const [index, right] of rights.entries()) {
      const name = `ci-${index}`;
      await kubectl(['create', 'role', name, ...right, '-n', app.namespace]);
      await kubectl(['create', 'rolebinding', name, `--role=${name}`, user, '-n', app.namespace]);
    }
    return { token: (await kubectl(['create', 'token', 'ci', '-n', app.namespace])).trim() };
  };
  const rules = (namespace: string) => ({
    namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': namespace } },
    resourceRules: [
      { apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE'], resources: ['configmaps'] },
    ],
  });
  /** Refuses one of the ConfigMaps in a namespace. */
  const policy = async (namespace: string) => {
    const name = app.namespace;
    const items = [
      {
        apiVersion: 'admissionregistration.k8s.io/v1',
        kind: 'ValidatingAdmissionPolicy',
        metadata: { name },
        spec: {
          matchConstraints: rules(namespace),
          validations: [{ expression: "object.metadata.name != 'settings-7'", message: 'not seven' }],
        },
      },
      {
        apiVersion: 'admissionregistration.k8s.io/v1',
        kind: 'ValidatingAdmissionPolicyBinding',
        metadata: { name },
        spec: { policyName: name, validationActions: ['Deny'] },
      },
    ];
    await kubectl(['create', '-f', '-'], {
      input: JSON.stringify({ apiVersion: 'v1', kind: 'List', items }),
    });
    return () => kubectl(['delete', 'validatingadmissionpolicybinding,validatingadmissionpolicy', name]);
  };

  test('of many new objects that can hold nothing wrong one is asked about', async () => {
    expect(await planned()).toEqual({ creations: count, asked: 1 });
    const few = { 'maps.yaml': maps.slice(0, 5).join('---\n') };
    expect(await planned(undefined, few)).toEqual({ creations: 5, asked: 5 });
    const target = openTarget(app.namespace);
    await deploy(target, [
      await app.service('orders', { image, files: { 'maps.yaml': maps.join('---\n') } }),
    ]);
    await target.close();
    const names = await kubectl(['get', 'configmaps', '-n', app.namespace, '-o', 'name']);
    expect(names.match(/settings-/g)).toHaveLength(count);
  });

  test('each is asked about where a quota may refuse it', async () => {
    await kubectl(['create', 'quota', 'tight', '--hard=count/configmaps=100', '-n', app.namespace]);
    expect(await planned()).toEqual({ creations: count, asked: count });
  });

  test('each is asked about where a policy judges the kind, and only there', async () => {
    const remove = await policy(app.namespace);
    try {
      // It comes into force some moments after it is there.
      for (const deadline = Date.now() + 30_000; ; await setTimeout(200)) {
        const { creations, asked } = await planned();
        expect(asked).toBe(count);
        if (Date.now() > deadline) throw new Error(`the policy does not come into force: ${creations}`);
        if (typeof creations === 'string') break;
      }
    } finally {
      await remove();
    }
    const removeOther = await policy('elsewhere');
    try {
      expect(await planned()).toEqual({ creations: count, asked: 1 });
    } finally {
      await removeOther();
    }
  });

  test('each is asked about by who may not see what judges them', async () => {
    const all = ['--verb=get,list,patch,create', '--resource=configmaps'];
    expect(await planned(await limited(all))).toEqual({ creations: count, asked: count });
  });

  test('each is asked about by who may write some names only', async () => {
    const creating = ['--verb=get,list,create', '--resource=configmaps'];
    const one = ['--verb=patch', '--resource=configmaps', '--resource-name=settings-0'];
    const user = await limited(creating, one, ['--verb=list', '--resource=resourcequotas']);
    // What judges, and the namespace itself, are to be seen by them.
    const seeing = ['--verb=get,list', '--resource=namespaces'];
    const judges = ['validatingwebhookconfigurations', 'mutatingwebhookconfigurations'];
    const policies = ['validatingadmissionpolicies', 'validatingadmissionpolicybindings'];
    const seen = [...judges, ...policies].map((kind) => `--resource=${kind}.admissionregistration.k8s.io`);
    await kubectl(['create', 'clusterrole', app.namespace, ...seeing, ...seen]);
    const subject = `--serviceaccount=${app.namespace}:ci`;
    await kubectl(['create', 'clusterrolebinding', app.namespace, `--clusterrole=${app.namespace}`, subject]);
    try {
      const { creations, asked } = await planned(user);
      expect(creations).toMatch(/may not patch configmaps/);
      expect(asked).toBeGreaterThan(1);
    } finally {
      await kubectl(['delete', 'clusterrolebinding,clusterrole', app.namespace]);
    }
  });
});

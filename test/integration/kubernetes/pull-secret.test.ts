import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { planText } from '../../../src/cli/ui/plan-text.ts';
import { stdoutStyle } from '../../../src/cli/ui/style.ts';
import type { Plan } from '../../../src/core/change.ts';
import { ExpectedError } from '../../../src/core/errors.ts';
import type { Event } from '../../../src/core/events.ts';
import type { Credentials } from '../../../src/system/registry-credentials.ts';
import { lab, labSuite } from '../../support/lab.ts';
import { type App, changed, deploy, destroy, openApp, openTarget } from './support/app.ts';
import { writeKubeconfig } from './support/kubeconfig.ts';
import { kubectl, objectOf } from './support/kubectl.ts';
import { serviceManifests } from './support/manifests.ts';
import { pushProbeImage } from './support/probe-image.ts';
import { recordMembers } from './support/record.ts';

type Workload = { spec: { template: { spec: { imagePullSecrets?: unknown } } } };

labSuite('kubernetes pull secret', ['kubeconfig', 'kubectl', 'pods', 'registry', 'registryAuth'], () => {
  let app: App;
  let image: string;
  let open: string;
  const host = () => lab.registryAuth!.host;
  const secretId = 'Secret/shop-staging-pull';
  /** As a run of the program with the flag, on a machine that has these credentials. */
  const withFlag = (credentials: Credentials = login(), namespace = app.namespace) =>
    openTarget(namespace, { pullSecret: { host: host(), credentials: async () => credentials } });
  const without = (over: { kubeconfig?: string } = {}) =>
    openTarget(app.namespace, { pullSecret: { host: host() }, ...over });
  const login = (): Credentials => {
    const { user, password } = lab.registryAuth!;
    return { username: user, password, serveraddress: host() };
  };
  const pods = async () => {
    const path = 'jsonpath={.items[*].metadata.uid}';
    return (await kubectl(['get', 'pods', '-n', app.namespace, '-o', path])).split(' ').sort();
  };

  beforeAll(async () => {
    // A node asks nobody for an image that it has.
    image = await pushProbeImage(
      'pull-secret/orders',
      `run-${randomBytes(6).toString('hex')}`,
      lab.registryAuth,
    );
    open = await pushProbeImage('pull-secret/open');
    app = await openApp();
  });
  afterAll(() => app.close());

  test('a pod that could not pull does so with the secret; later deploys keep it, and renew it without a restart', async () => {
    const orders = () => app.service('orders', { image });
    const target = without();
    await expect(deploy(target, [await orders()])).rejects.toMatchObject({
      explanation: { code: expect.stringMatching(/^E_ROLLOUT/) },
    });
    const asked = withFlag();
    expect(changed(await deploy(asked, [await orders()]))).toEqual({
      'Deployment/orders': 'update',
      [secretId]: 'create',
    });
    expect((await target.status())[0]).toMatchObject({
      service: 'orders',
      ready: 1,
      image: expect.stringContaining(image.split('@')[1]!),
    });
    const secret = await objectOf(app.namespace, secretId);
    expect(secret).toMatchObject({
      type: 'kubernetes.io/dockerconfigjson',
      metadata: { labels: { 'cloudnative.dev/app': 'shop', 'cloudnative.dev/environment': 'staging' } },
    });
    const { auths } = JSON.parse(
      Buffer.from((secret.data as Record<string, string>)['.dockerconfigjson']!, 'base64').toString(),
    );
    expect(Object.keys(auths)).toEqual([host()]);

    const before = await pods();
    for (const again of [target, asked]) expect(changed(await deploy(again, [await orders()]))).toEqual({});
    const renewed = withFlag({ ...login(), username: 'lab ' });
    expect(changed(await deploy(renewed, [await orders()]))).toEqual({ [secretId]: 'update' });
    expect(changed(await deploy(withFlag(), [await orders()]))).toEqual({ [secretId]: 'update' });
    // The pod that could not pull may still be ending.
    const after = await pods();
    expect(after.length).toBeGreaterThan(0);
    expect(after.filter((uid) => !before.includes(uid))).toEqual([]);
  });

  test('pods of other registries are left as they are; a new service of this one needs no flag', async () => {
    const target = without();
    const files = serviceManifests('late');
    files['report.yaml'] = `apiVersion: batch/v1
kind: CronJob
metadata: {name: late-report}
spec:
  schedule: "0 0 1 1 *"
  suspend: true
  jobTemplate: {spec: {template: {spec: {restartPolicy: Never, containers: [{name: report, image: "${open}"}]}}}}
`;
    await deploy(target, [await app.service('late', { image, files })]);
    const late = (await objectOf(app.namespace, 'Deployment/late')) as unknown as Workload;
    expect(late.spec.template.spec.imagePullSecrets).toEqual([{ name: 'shop-staging-pull' }]);
    const report = (await objectOf(app.namespace, 'CronJob/late-report')) as unknown as {
      spec: { jobTemplate?: Workload };
    };
    expect(report.spec.jobTemplate!.spec.template.spec).not.toHaveProperty('imagePullSecrets');
  });

  test('is on record as no service’s, outlives every one of them, and goes with the app', async () => {
    const own = await openApp();
    const services = [
      await own.service('orders', { image: open }),
      await own.service('late', { image: open }),
    ];
    await deploy(withFlag(login(), own.namespace), services);
    const onRecord = async () =>
      (await recordMembers(own.namespace))?.filter(({ name }) => name === 'shop-staging-pull');
    const { uid } = (await objectOf(own.namespace, secretId)).metadata;
    const member = { kind: 'Secret', group: '', namespace: own.namespace, name: 'shop-staging-pull', uid };
    expect(await onRecord()).toEqual([member]);

    const files = serviceManifests('orders', { greeting: 'again' });
    await deploy(own.target, [await own.service('orders', { image: open, files })]);
    expect(changed(await destroy(own.target, ['late']))).not.toHaveProperty([secretId]);
    expect(changed(await destroy(own.target, ['orders']))).not.toHaveProperty([secretId]);
    expect(await onRecord()).toEqual([member]);

    expect(changed(await destroy(own.target))).toEqual({ [secretId]: 'remove' });
    expect(await kubectl(['get', 'secret', '-n', own.namespace, '-o', 'name'])).toBe('');
    expect(await onRecord()).toBeUndefined();
    await own.close();
  });

  test('who may not read secrets takes the reference from no pod', async () => {
    const groups = [
      '""',
      'apps',
      'batch',
      'policy',
      'networking.k8s.io',
      'autoscaling',
      'coordination.k8s.io',
    ];
    const resources =
      'pods,configmaps,serviceaccounts,services,deployments,statefulsets,daemonsets,jobs,replicasets,poddisruptionbudgets,networkpolicies,horizontalpodautoscalers,leases';
    const role = {
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'Role',
      metadata: { name: 'deployer', namespace: app.namespace },
      rules: [
        {
          apiGroups: groups.map((group) => group.replaceAll('"', '')),
          resources: resources.split(','),
          verbs: ['*'],
        },
      ],
    };
    await kubectl(['create', '-f', '-'], { input: JSON.stringify(role) });
    await kubectl(['create', 'serviceaccount', 'deployer', '-n', app.namespace]);
    await kubectl([
      'create',
      'rolebinding',
      'deployer',
      '--role=deployer',
      `--serviceaccount=${app.namespace}:deployer`,
      '-n',
      app.namespace,
    ]);
    const token = (await kubectl(['create', 'token', 'deployer', '-n', app.namespace])).trim();
    const target = without({ kubeconfig: await writeKubeconfig(app.folder, { user: { token } }) });
    expect(changed(await target.plan([await app.service('orders', { image })]))).toEqual({});
    await target.close();
  });

  test('no value of it is ever shown: not by a plan, an event, or an error', async () => {
    const canary = `canary${randomBytes(12).toString('hex')}`;
    const credentials = { username: canary, password: canary, serveraddress: host() };
    const forms = [
      canary,
      Buffer.from(canary).toString('base64').slice(0, -4),
      Buffer.from(`${canary}:${canary}`).toString('base64').slice(0, 24),
    ];
    const hidden = (shown: string) => {
      for (const form of forms) expect(shown).not.toContain(form);
    };
    const told = (plan: Plan) => {
      hidden(planText(plan, stdoutStyle()));
      hidden(JSON.stringify(plan.changes.map(({ desired: _, ...change }) => change)));
    };
    const events: Event[] = [];
    const target = withFlag(credentials);
    told(await target.plan([await app.service('orders', { image })]));
    told(await deploy(target, [await app.service('orders', { image })], { events }));
    hidden(JSON.stringify(events));
    expect(changed(await deploy(withFlag(), [await app.service('orders', { image })]))).toEqual({
      [secretId]: 'update',
    });

    // One of that name, of another type and another's, cannot be taken over.
    const elsewhere = await openApp();
    await kubectl([
      'create',
      'secret',
      'generic',
      'shop-staging-pull',
      '--from-literal=a=b',
      '-n',
      elsewhere.namespace,
    ]);
    const refused = await withFlag(credentials, elsewhere.namespace)
      .plan([await elsewhere.service('orders', { image })])
      .then(
        () => undefined,
        (error: unknown) => error,
      );
    expect(refused).toBeInstanceOf(ExpectedError);
    hidden(JSON.stringify((refused as ExpectedError).explanation));
    await elsewhere.close();
  });

  test('says what is missing on this machine', async () => {
    const orders = await app.service('orders', { image });
    for (const [credentials, why] of [
      [{}, /keeps none/],
      [{ identitytoken: 'x', serveraddress: host() }, /identity token/],
    ] as const) {
      await expect(withFlag(credentials).plan([orders])).rejects.toMatchObject({
        explanation: {
          code: 'E_CREDENTIALS',
          exit: 'auth',
          why: expect.stringMatching(why),
          hints: [expect.stringContaining(`docker login ${host()}`)],
        },
      });
    }
  });
});

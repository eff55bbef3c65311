import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Plan } from '../../src/core/change.ts';
import { cli, cliJson, cliOk } from '../support/cli.ts';
import { lab, labSuite } from '../support/lab.ts';
import { comesBefore, orderTree } from '../support/order-tree.ts';
import { removeVolume, writeOperator } from './operator-app.ts';

const run = promisify(execFile);
const namespace = `messaging-${randomBytes(3).toString('hex')}`;

labSuite('operator on kubernetes', ['kubeconfig', 'kubectl', 'pods', 'registry'], () => {
  let folder: string;
  let group: string;
  let volume: string;
  const flags = () => ['--manifests', '.', '--app', 'messaging', '-n', namespace, '--context', lab.context!];
  const options = () => ({ cwd: folder, env: { KUBECONFIG: lab.kubeconfig! } });
  const command = (name: string, ...more: string[]) => cli([name, ...flags(), ...more], options());
  const kubectl = async (...args: string[]) =>
    (await run(lab.kubectl!, ['--kubeconfig', lab.kubeconfig!, ...args])).stdout;
  const plan = () => cliPlan(command('plan', '-o', 'json'));
  const orders = { size: 20, retention: '72h' };
  /** What queues ask for, by name. */
  const queues = async () => {
    const { items } = JSON.parse(await kubectl('get', `queues.${group}`, '-n', namespace, '-o', 'json')) as {
      items: { metadata: { name: string }; spec: object }[];
    };
    return Object.fromEntries(items.map(({ metadata, spec }) => [metadata.name, spec]));
  };
  const pods = () => kubectl('get', 'pods', '-n', namespace, '-o', 'jsonpath={.items[*].metadata.uid}');

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'cloudnative-operator-'));
    ({ group, volume } = await writeOperator(folder, namespace));
  });
  afterAll(async () => {
    const wide = ['queues.', 'topics.'].map((kind) => `crd/${kind}${group}`);
    await kubectl('delete', ...wide, `pv/${namespace}-store`, '--ignore-not-found');
    await kubectl('delete', 'namespace', namespace, '--ignore-not-found');
    await removeVolume(volume);
    await rm(folder, { recursive: true });
  });

  it('is planned in the order that it needs', async () => {
    const { changes } = await plan();
    const short = (id: string) => id.replace(namespace, 'messaging').replace(namespace, 'messaging');
    const order = new Map(changes.map(({ id, after }) => [short(id), after.map(short)]));
    expect(orderTree(order)).toMatchInlineSnapshot(`
      "Deployment/controller
        Job/prepare
          StatefulSet/store
            ClusterRoleBinding/messaging-viewer
              ClusterRole/messaging-viewer
                Namespace/messaging
            ConfigMap/programs
              Namespace/messaging
            CustomResourceDefinition/queues.messaging.example.com
              Namespace/messaging
            CustomResourceDefinition/topics.messaging.example.com
              Namespace/messaging
            PersistentVolume/messaging-store
              Namespace/messaging
            RoleBinding/messaging
              Role/messaging
                Namespace/messaging
            Secret/webhook-tls
              Namespace/messaging
            Service/store
              Namespace/messaging
            ServiceAccount/messaging
              Namespace/messaging
      PodDisruptionBudget/webhook
        Namespace/messaging
      Queue/mail
        ValidatingWebhookConfiguration/messaging-queues
          Deployment/webhook
            ClusterRoleBinding/messaging-viewer …
            ConfigMap/programs …
            CustomResourceDefinition/queues.messaging.example.com …
            CustomResourceDefinition/topics.messaging.example.com …
            PersistentVolume/messaging-store …
            RoleBinding/messaging …
            Secret/webhook-tls …
            Service/webhook
              Namespace/messaging
            ServiceAccount/messaging …
      Queue/orders
        ValidatingWebhookConfiguration/messaging-queues …
      Topic/news
        CustomResourceDefinition/topics.messaging.example.com …
      "
    `);
    expect(comesBefore('Job/prepare', 'Deployment/controller', order)).toBe(true);
    expect(comesBefore('Deployment/webhook', 'Queue/mail', order)).toBe(true);
    expect(comesBefore('Deployment/webhook', 'Topic/news', order)).toBe(false);
  });

  it('is deployed in one run, its kinds with what they define', async () => {
    const { stderr } = await cliOk(['deploy', ...flags(), '--yes'], options());
    expect(stderr).toMatch(/Queue\/mail +ready/);
    const status = await kubectl(
      'get',
      `queues.${group}`,
      'mail',
      '-n',
      namespace,
      '-o',
      'jsonpath={.status}',
    );
    expect(status).toContain('queue-mail is there');
  });

  it('is as it should be, until its webhook is asked for too much', async () => {
    expect((await plan()).changes.filter(({ action }) => action !== 'none')).toEqual([]);
    await writeOperator(folder, namespace, (_, text) => text.replace('size: 20', 'size: 2000'));
    const { code, stderr } = await command('plan');
    expect(stderr).toMatch(/resources\.yaml:\d+ Queue\/orders: .*a queue holds at most 100/);
    expect(code).toBe(3);
  });

  it('is upgraded together with a definition, and no pod restarts', async () => {
    const before = await pods();
    await writeOperator(folder, namespace, (file, text) => {
      if (file === 'definitions.yaml')
        return text.replace(
          'retention:',
          'priority: {type: integer, default: 0}\n                retention:',
        );
      if (file !== 'resources.yaml') return text;
      const [mail, orders] = text.replace('size: 10\n', 'size: 10\n  priority: 5\n').split('---\n');
      return [mail, orders, mail!.replace('name: mail', 'name: audit')].join('---\n');
    });
    const changes = (await plan()).changes.filter(({ action }) => action !== 'none');
    expect(changes.map(({ id, action }) => [action, id])).toEqual([
      ['update', `CustomResourceDefinition/queues.${group}`],
      ['create', 'Queue/audit'],
      ['update', 'Queue/mail'],
      ['remove', 'Topic/news'],
    ]);
    await cliOk(['deploy', ...flags(), '--yes'], options());
    const higher = { size: 10, priority: 5, retention: '24h' };
    expect(await queues()).toEqual({ audit: higher, mail: higher, orders: { ...orders, priority: 0 } });
    expect(await kubectl('get', `topics.${group}`, '-n', namespace, '-o', 'name')).toBe('');
    expect(await pods()).toBe(before);
    expect((await plan()).changes.every(({ action }) => action === 'none')).toBe(true);
  });

  it('is rolled back together with the definition, and no pod restarts', async () => {
    const before = await pods();
    await cliOk(['rollback', ...flags(), '--yes'], options());
    expect(await queues()).toEqual({ mail: { size: 10, retention: '24h' }, orders });
    const definition = await kubectl('get', `crd/queues.${group}`, '-o', 'json');
    expect(definition).toContain('retention');
    expect(definition).not.toContain('priority');
    const news = await kubectl('get', `topics.${group}`, 'news', '-n', namespace, '-o', 'jsonpath={.spec}');
    expect(JSON.parse(news)).toEqual({ queues: ['mail', 'orders'] });
    expect(await pods()).toBe(before);
    await writeOperator(folder, namespace);
    expect((await plan()).changes.filter(({ action }) => action !== 'none')).toEqual([]);
  });

  it('tells how it runs, and what its controller wrote', async () => {
    const { services } = await cliJson<{ services: object[] }>(['status', ...flags()], options());
    expect(services).toMatchObject([
      { service: 'messaging', ready: 3, wanted: 3, verdict: { readiness: 'ready' } },
    ]);
    const { stdout } = await command('logs');
    expect(stdout).toMatch(/^controller-\S+ +Queue\/mail reconciled$/m);
    expect(stdout).toMatch(/^webhook-\S+ +webhook started$/m);
    // What it writes to clear the screen of whoever looks does not get there.
    expect(stdout).toMatch(/^controller-\S+ +controller started$/m);
    expect(stdout).not.toContain('\u001b');
  });

  it('is destroyed while its controller still ends what it began, and only what holds data stays', async () => {
    await cliOk(['destroy', ...flags(), '--yes'], options());
    const label = ['-l', 'cloudnative.dev/app=messaging', '-n', namespace, '-o', 'name'];
    const kinds = (await kubectl('api-resources', '--verbs=list,delete', '-o', 'name')).trim().split('\n');
    const own = kinds.filter((kind) => kind.endsWith(group) || !/\.example\.com$/.test(kind));
    const left = (await kubectl('get', own.join(','), ...label, '--ignore-not-found')).trim().split('\n');
    const wide = left.filter((id) => id.includes(namespace));
    expect(wide.sort()).toEqual([
      `customresourcedefinition.apiextensions.k8s.io/queues.${group}`,
      `customresourcedefinition.apiextensions.k8s.io/topics.${group}`,
      `persistentvolume/${namespace}-store`,
    ]);
    const inside = await kubectl(
      'get',
      'all,configmap,secret,pvc,role,rolebinding',
      '-n',
      namespace,
      '-o',
      'name',
    );
    const record = 'configmap/cloudnative.messaging.default';
    expect(inside.trim().split('\n')).toEqual([record, 'configmap/kube-root-ca.crt']);
    const members = await kubectl('get', record, '-n', namespace, '-o', 'jsonpath={.data.members}');
    expect(
      members
        .split('\n')
        .map((line) => (JSON.parse(line) as { name: string }).name)
        .sort(),
    ).toEqual([`${namespace}-store`, `queues.${group}`, `topics.${group}`]);
  });

  it('is gone altogether when that is asked for, its volume, definitions and namespace too', async () => {
    const kinds = 'PersistentVolume,CustomResourceDefinition';
    await cliOk(['destroy', ...flags(), '--yes', '--prune-kind', kinds, '--delete-namespace'], options());
    const wide = [
      'namespace',
      'crd',
      'pv',
      'clusterrole',
      'clusterrolebinding',
      'validatingwebhookconfiguration',
    ];
    expect(await kubectl('get', wide.join(','), '-o', 'name')).not.toContain(namespace);
  });
});

/** The plan that a run printed, whether or not it would change something. */
async function cliPlan(running: ReturnType<typeof cli>): Promise<Plan> {
  const { code, stdout, stderr } = await running;
  if (code !== 0 && code !== 10) throw new Error(`plan ended with ${code}\n${stderr}`);
  return (JSON.parse(stdout) as { data: Plan }).data;
}

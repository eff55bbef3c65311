import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { promisify } from 'node:util';
import { afterAll, beforeAll } from 'vitest';
import { lab, labSuite } from '../support/lab.ts';
import { shopStory } from './shop-story.ts';

const run = promisify(execFile);
const namespace = `shop-${randomBytes(4).toString('hex')}`;

labSuite(
  'shop on kubernetes',
  ['kubeconfig', 'kubectl', 'pods', 'dockerHost', 'registry', 'prometheus', 'promtool'],
  () => {
    beforeAll(async () => {
      await kubectl('create', 'namespace', namespace);
      await kubectl('label', 'namespace', namespace, 'pod-security.kubernetes.io/enforce=restricted');
    });
    afterAll(async () => {
      await kubectl('delete', 'namespace', namespace, '--wait=false');
    });

    shopStory({
      environment: 'staging',
      settings: { target: 'kubernetes', context: lab.context, namespace, host: lab.dockerHost },
      registry: `${lab.registry}/${namespace}`,
      env: { KUBECONFIG: lab.kubeconfig ?? '' },
      replicas: 2,
      scrapeFlags: ['--kubeconfig', lab.kubeconfig ?? ''],
      address: async (service) => {
        const { stdout } = await kubectl(
          '-n',
          namespace,
          'get',
          'service',
          service,
          '-o',
          'jsonpath={.spec.clusterIP}',
        );
        return `http://${stdout}`;
      },
      inventory: namespaceInventory,
      shared: true,
      discovered: ['__meta_kubernetes_pod_name'],
    });
  },
);

/** `kind/name uid` of every object of every listable kind; events are the cluster's own diary. */
async function namespaceInventory(): Promise<string[]> {
  const { stdout } = await kubectl('api-resources', '--namespaced', '--verbs=list', '-o', 'name');
  const kinds = stdout.split('\n').filter((kind) => kind && !/^(events|pods\.metrics)/.test(kind));
  const template = '{range .items[*]}{.kind}/{.metadata.name} {.metadata.uid}{"\\n"}{end}';
  const { stdout: objects } = await kubectl(
    '-n',
    namespace,
    'get',
    kinds.join(','),
    '-o',
    `jsonpath=${template}`,
  );
  return objects.split('\n').filter(Boolean).sort();
}

function kubectl(...args: string[]): Promise<{ stdout: string }> {
  return run(lab.kubectl!, ['--kubeconfig', lab.kubeconfig!, ...args]);
}

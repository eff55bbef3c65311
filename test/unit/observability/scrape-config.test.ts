import { describe, expect, it } from 'vitest';
import { discoveryAccess } from '../../../src/observability/discovery-access.ts';
import { scrapeConfig, scrapeFragment } from '../../../src/observability/scrape-config.ts';

const scope = { app: 'shop', environment: 'local', services: ['catalog', 'orders'] };

describe('scrapeConfig', () => {
  it('lists the processes of just these services, an IPv6 address in brackets', () => {
    const instances = [
      { service: 'catalog', host: '127.0.0.1', adminPort: 20001 },
      { service: 'orders', host: '::1', adminPort: 20003 },
      { service: 'stranger', host: '127.0.0.1', adminPort: 20005 },
    ];
    expect(scrapeConfig(scope, { kind: 'process', instances })).toEqual({
      global: { scrape_interval: '15s', scrape_timeout: '10s' },
      scrape_configs: [
        {
          job_name: 'shop-local',
          static_configs: [
            {
              targets: ['127.0.0.1:20001'],
              labels: { namespace: 'shop', pod: 'catalog-20001', service: 'catalog', env: 'local' },
            },
            {
              targets: ['[::1]:20003'],
              labels: { namespace: 'shop', pod: 'orders-20003', service: 'orders', env: 'local' },
            },
          ],
        },
      ],
    });
  });

  it('names the cluster by kubeconfig only for a Prometheus outside it', () => {
    const discovery = (kubeconfig?: string) =>
      scrapeConfig(scope, { kind: 'kubernetes', namespace: 'shop', ...(kubeconfig ? { kubeconfig } : {}) })
        .scrape_configs[0]!.kubernetes_sd_configs![0];
    expect(discovery()).not.toHaveProperty('kubeconfig_file');
    expect(discovery('/etc/kube')).toMatchObject({
      kubeconfig_file: '/etc/kube',
      namespaces: { names: ['shop'] },
    });
  });

  it('leaves the intervals of a fragment to the Prometheus that reads it', () => {
    const source = { kind: 'docker' as const, host: 'unix:///none.sock' };
    const { global, ...jobs } = scrapeConfig(scope, source);
    expect(global).toEqual({ scrape_interval: '15s', scrape_timeout: '10s' });
    expect(scrapeFragment(scope, source)).toEqual(jobs);
  });
});

it('lets an account read pods, once in each namespace', () => {
  const pods = (namespace: string) => ({ namespace, matchLabels: { app: 'web' } });
  const workloads = [
    { name: 'one', pods: pods('a') },
    { name: 'two', pods: pods('b') },
    { name: 'three', pods: pods('a') },
  ];
  const account = { namespace: 'monitoring', name: 'prometheus' };
  const objects = discoveryAccess(scope, { kind: 'kubernetes', namespace: 'a', workloads }, account);
  expect(objects.map(({ kind, metadata }) => `${kind} ${metadata.namespace}/${metadata.name}`)).toEqual([
    'Role a/shop-local-prometheus',
    'RoleBinding a/shop-local-prometheus',
    'Role b/shop-local-prometheus',
    'RoleBinding b/shop-local-prometheus',
  ]);
  expect(objects[0]!.rules).toEqual([
    { apiGroups: [''], resources: ['pods'], verbs: ['get', 'list', 'watch'] },
  ]);
  expect(objects[3]!.subjects).toEqual([{ kind: 'ServiceAccount', ...account }]);
});

import { describe, expect, it } from 'vitest';
import { scrapeConfig } from '../../../src/observability/scrape-config.ts';

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
    const discovery = (kubeconfig?: string) => {
      const config = scrapeConfig(scope, {
        kind: 'kubernetes',
        namespace: 'shop',
        ...(kubeconfig ? { kubeconfig } : {}),
      });
      return (config as { scrape_configs: { kubernetes_sd_configs: object[] }[] }).scrape_configs[0]!
        .kubernetes_sd_configs[0];
    };
    expect(discovery()).not.toHaveProperty('kubeconfig_file');
    expect(discovery('/etc/kube')).toMatchObject({
      kubeconfig_file: '/etc/kube',
      namespaces: { names: ['shop'] },
    });
  });
});

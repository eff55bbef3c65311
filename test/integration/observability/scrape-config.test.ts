import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { stringifyYaml } from '../../../src/core/yaml.ts';
import { type ScrapeSource, scrapeConfig } from '../../../src/observability/scrape-config.ts';
import { lab, labSuite } from '../../support/lab.ts';

const run = promisify(execFile);
const scope = { app: 'shop', environment: 'staging', services: ['catalog', 'orders'] };

labSuite('scrape-config check', ['promtool'], () => {
  it.each<[string, ScrapeSource]>([
    ['process', { kind: 'process', instances: [{ service: 'orders', host: '::1', adminPort: 20001 }] }],
    ['docker', { kind: 'docker', host: 'unix:///var/run/docker.sock' }],
    ['kubernetes', { kind: 'kubernetes', namespace: 'shop' }],
  ])('is accepted by promtool for %s', async (_, source) => {
    await inFolder(async (folder) => {
      const file = join(folder, 'prometheus.yml');
      await writeFile(file, stringifyYaml(scrapeConfig(scope, source)));
      const { stdout } = await run(lab.promtool!, ['check', 'config', file]);
      expect(stdout).toMatch(/SUCCESS/);
    });
  });

  it('keeps exactly the running, annotated pods of the services, whatever the form of their address', async () => {
    const kept = await relabelled({ kind: 'kubernetes', namespace: 'shop' }, [
      pod({ name: 'orders-1', ip: '10.0.0.1' }),
      pod({ name: 'orders-6', ip: 'fd00::6' }),
      // A second port of the same pod must not become a second target.
      { ...pod({ name: 'orders-1', ip: '10.0.0.1' }), __meta_kubernetes_pod_container_port_number: '8080' },
      pod({
        name: 'catalog-1',
        ip: '10.0.0.2',
        service: 'catalog',
        annotations: { port: '9200', path: '/m', scheme: 'https' },
      }),
      pod({ name: 'stranger-1', ip: '10.0.0.3', service: 'stranger' }),
      pod({ name: 'orders-old', ip: '10.0.0.4', phase: 'Succeeded' }),
      pod({ name: 'orders-new', ip: '10.0.0.5', phase: 'Pending' }),
      pod({ name: 'orders-init', ip: '10.0.0.7', init: 'true' }),
      pod({ name: 'orders-quiet', ip: '10.0.0.8', annotations: { scrape: 'false' } }),
    ]);
    const labels = { namespace: 'shop', node: 'n1', env: 'staging', job: 'shop-staging' };
    expect(kept).toEqual([
      { ...labels, pod: 'catalog-1', service: 'catalog', url: 'https://10.0.0.2:9200/m' },
      { ...labels, pod: 'orders-1', service: 'orders', url: 'http://10.0.0.1:9100/metrics' },
      { ...labels, pod: 'orders-6', service: 'orders', url: 'http://[fd00::6]:9100/metrics' },
    ]);
  });

  it('takes a container once, at its address in the network of the app', async () => {
    const container = (network: string, ip: string, port: string) => ({
      __address__: `${ip}:${port}`,
      __meta_docker_container_name: '/shop-staging-orders',
      __meta_docker_container_label_cloudnative_dev_service: 'orders',
      __meta_docker_container_label_cloudnative_dev_admin_port: '9100',
      __meta_docker_network_name: network,
      __meta_docker_network_ip: ip,
      __meta_docker_port_private: port,
    });
    const kept = await relabelled({ kind: 'docker', host: 'unix:///none.sock' }, [
      container('shop-staging', '172.20.0.2', '8080'),
      container('shop-staging', '172.20.0.2', '9100'),
      container('bridge', '172.17.0.9', '9100'),
    ]);
    expect(kept).toEqual([
      {
        namespace: 'shop',
        pod: 'shop-staging-orders',
        service: 'orders',
        env: 'staging',
        job: 'shop-staging',
        url: 'http://172.20.0.2:9100/metrics',
      },
    ]);
  });
});

interface PodSample {
  name: string;
  ip: string;
  service?: string;
  phase?: string;
  init?: string;
  annotations?: Record<string, string>;
}

/** The labels with which Prometheus discovers a pod. */
function pod({
  name,
  ip,
  service = 'orders',
  phase = 'Running',
  init = 'false',
  annotations = {},
}: PodSample): Record<string, string> {
  const all = { scrape: 'true', port: '9100', path: '/metrics', ...annotations };
  return {
    __address__: ip.includes(':') ? `[${ip}]:9100` : `${ip}:9100`,
    __meta_kubernetes_namespace: 'shop',
    __meta_kubernetes_pod_name: name,
    __meta_kubernetes_pod_ip: ip,
    __meta_kubernetes_pod_phase: phase,
    __meta_kubernetes_pod_node_name: 'n1',
    __meta_kubernetes_pod_container_init: init,
    __meta_kubernetes_pod_container_port_number: '9100',
    __meta_kubernetes_pod_label_app_kubernetes_io_name: service,
    ...Object.fromEntries(
      Object.entries(all).map(([key, value]) => [
        `__meta_kubernetes_pod_annotation_prometheus_io_${key}`,
        value,
      ]),
    ),
  };
}

/** What promtool makes of the emitted relabelling when the given targets are discovered: labels and URL of each target kept. */
async function relabelled(
  source: ScrapeSource,
  discovered: Record<string, string>[],
): Promise<Record<string, string>[]> {
  return inFolder(async (folder) => {
    const config = scrapeConfig(scope, source) as unknown as {
      scrape_configs: Record<string, unknown>[];
    };
    const { kubernetes_sd_configs: _, docker_sd_configs: __, ...job } = config.scrape_configs[0]!;
    const groups = discovered.map(({ __address__, ...labels }) => ({ targets: [__address__], labels }));
    await writeFile(join(folder, 'targets.json'), JSON.stringify(groups));
    const twin = {
      ...config,
      scrape_configs: [{ ...job, file_sd_configs: [{ files: [join(folder, 'targets.json')] }] }],
    };
    await writeFile(join(folder, 'prometheus.yml'), JSON.stringify(twin));
    const { stdout } = await run(lab.promtool!, [
      'check',
      'service-discovery',
      '--timeout=5s',
      join(folder, 'prometheus.yml'),
      String(job.job_name),
    ]);
    const results = JSON.parse(stdout) as { labels: Record<string, string> }[];
    const kept = results
      .filter(({ labels }) => labels && Object.keys(labels).length > 0)
      .map(({ labels }) => target(labels));
    const unique = new Map(kept.map((one) => [JSON.stringify(one), one]));
    return [...unique.values()].sort((a, b) => a.pod!.localeCompare(b.pod!));
  });
}

/** Prometheus tells targets apart by their labels after relabelling: equal ones are one. */
function target(labels: Record<string, string>): Record<string, string> {
  const visible = Object.entries(labels).filter(([name]) => !name.startsWith('__') && name !== 'instance');
  return {
    ...Object.fromEntries(visible),
    url: `${labels.__scheme__}://${labels.__address__}${labels.__metrics_path__}`,
  };
}

async function inFolder<T>(work: (folder: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'cloudnative-scrape-'));
  try {
    return await work(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

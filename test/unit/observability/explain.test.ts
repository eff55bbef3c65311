import { describe, expect, it } from 'vitest';
import { explain } from '../../../src/observability/discover.ts';
import type { DiscoverablePod } from '../../../src/observability/discovery/pods.ts';
import { fileTargets } from '../../../src/observability/file-sd.ts';
import type { KubernetesSource } from '../../../src/observability/scrape-config.ts';

const scope = { app: 'shop', environment: 'staging', services: ['orders'] };
const source: KubernetesSource = { kind: 'kubernetes', namespace: 'shop' };

interface PodOptions {
  name?: string;
  service?: string;
  annotations?: Record<string, string>;
  phase?: string;
  podIP?: string;
  namespace?: string;
}

/** With three ports and an init container. */
function pod({
  name = 'orders-1',
  service = 'orders',
  annotations = {},
  phase = 'Running',
  podIP = '10.0.0.1',
  namespace = 'shop',
}: PodOptions = {}): DiscoverablePod {
  const all: Record<string, string> = { scrape: 'true', port: '9100', ...annotations };
  return {
    metadata: {
      name,
      namespace,
      labels: { 'app.kubernetes.io/name': service, 'app.kubernetes.io/part-of': 'shop' },
      annotations: Object.fromEntries(
        Object.entries(all).map(([key, value]) => [`prometheus.io/${key}`, value]),
      ),
    },
    spec: {
      nodeName: 'n1',
      containers: [
        { name: 'orders', ports: [8080, 50051, 9100].map((containerPort) => ({ containerPort })) },
      ],
      initContainers: [{ name: 'migrate' }],
    },
    status: { phase, podIP },
  };
}

function only(one: DiscoverablePod) {
  return explain(scope, source, { pods: [one] })[0]!.groups[0];
}

describe('explain', () => {
  it('makes one target of all ports of a pod, and tells of its init container', () => {
    const group = only(pod());
    expect(group!.targets).toEqual([
      expect.objectContaining({
        url: 'http://10.0.0.1:9100/metrics',
        labels: {
          env: 'staging',
          instance: '10.0.0.1:9100',
          job: 'shop-staging',
          namespace: 'shop',
          node: 'n1',
          pod: 'orders-1',
          service: 'orders',
        },
        origins: [8080, 50051, 9100].map((port) => ({
          origin: `container orders, port ${port}`,
          container: 'orders',
        })),
      }),
    ]);
    expect(group!.dropped).toEqual([
      {
        origin: 'init container migrate, no port',
        container: 'migrate',
        reason: 'init container is "true"',
        rule: {
          number: 4,
          action: 'drop',
          regex: 'true',
          sourceLabels: { __meta_kubernetes_pod_container_init: 'true' },
        },
      },
    ]);
  });

  it('makes a target of each port where the annotation names none', () => {
    const urls = only(pod({ annotations: { port: 'metrics' } }))!.targets.map(({ url }) => url);
    expect(urls).toEqual([8080, 50051, 9100].map((port) => `http://10.0.0.1:${port}/metrics`));
  });

  it('takes IPv6, scheme and path as Prometheus does', () => {
    const annotations = { scheme: 'https', path: 'm ü?x' };
    expect(only(pod({ podIP: 'fd00::1', annotations }))!.targets[0]!.url).toBe(
      'https://[fd00::1]:9100/m%20%C3%BC%3Fx',
    );
  });

  it.each<[PodOptions, object]>([
    [{ podIP: '' }, { unseen: 'has no address (yet)' }],
    [{ phase: 'Failed' }, { dropped: [{ reason: 'phase is "Failed"' }] }],
    [
      { annotations: { scrape: 'yes' } },
      { dropped: [{ reason: 'annotation prometheus.io/scrape is "yes", and has to be true' }] },
    ],
    [
      { service: 'redis' },
      { dropped: [{ reason: 'label app.kubernetes.io/name is "redis", and has to be orders' }] },
    ],
  ])('says why %j is no target', (options, why) => {
    const group = only(pod(options))!;
    const { dropped, ...rest } = group;
    expect(group.targets).toEqual([]);
    expect({ ...rest, dropped: dropped.slice(0, 1) }).toMatchObject(why);
  });

  it('looks at the namespace alone', () => {
    expect(only(pod({ namespace: 'other' }))).toBeUndefined();
  });

  it('finds each of 10,000 pods, and each once', () => {
    const pods = Array.from({ length: 10_000 }, (_, index) =>
      pod({
        name: `orders-${index}`,
        podIP: `10.${index >> 16}.${(index >> 8) & 255}.${index & 255}`,
        phase: index % 10 === 0 ? 'Succeeded' : 'Running',
        annotations: index % 10 === 1 ? { scrape: 'false' } : {},
      }),
    );
    const jobs = explain(scope, source, { pods });
    const groups = jobs[0]!.groups;
    const targets = groups.flatMap((group) => group.targets);
    expect(groups).toHaveLength(10_000);
    expect(targets).toHaveLength(8000);
    expect(new Set(targets.map(({ url }) => url)).size).toBe(8000);
    expect(groups.filter(({ dropped }) => dropped.length === 4)).toHaveLength(2000);
    expect(fileTargets(jobs)).toHaveLength(8000);
  });

  it('gives the targets of now to a file, with what differs from the usual', () => {
    const annotations = { scheme: 'https', path: '/m' };
    expect(fileTargets(explain(scope, source, { pods: [pod(), pod({ name: 'tls', annotations })] }))).toEqual(
      [
        {
          targets: ['10.0.0.1:9100'],
          labels: { env: 'staging', namespace: 'shop', node: 'n1', pod: 'orders-1', service: 'orders' },
        },
        {
          targets: ['10.0.0.1:9100'],
          labels: {
            env: 'staging',
            namespace: 'shop',
            node: 'n1',
            pod: 'tls',
            service: 'orders',
            __scheme__: 'https',
            __metrics_path__: '/m',
          },
        },
      ],
    );
  });

  it('explains processes by the addresses that they have', () => {
    const instances = [{ service: 'orders', host: '127.0.0.1', adminPort: 20001 }];
    const [job] = explain(scope, { kind: 'process', instances }, {});
    expect(job).toMatchObject({
      job: 'shop-staging',
      things: 'processes',
      groups: [{ name: 'orders-20001', targets: [{ url: 'http://127.0.0.1:20001/metrics' }], dropped: [] }],
    });
  });
});

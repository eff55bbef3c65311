import { stringifyYaml } from '../../../src/core/yaml.ts';

/** Pods of every shape that discovery tells apart, as one text for kubectl; nothing in them listens. */
export function scrapePods(app: string): string {
  const labels = (service: string) => ({
    'app.kubernetes.io/name': service,
    'app.kubernetes.io/part-of': app,
  });
  const scraped = { 'prometheus.io/scrape': 'true', 'prometheus.io/port': '9100' };
  const container = (name: string, ports: object[] = []) => ({
    name,
    image: 'node:24-slim',
    command: ['sleep', '3600'],
    ports,
    resources: { requests: { cpu: '1m', memory: '8Mi' } },
  });
  const two = [
    { name: 'http', containerPort: 8080 },
    { name: 'metrics', containerPort: 9100 },
  ];
  const pod = (name: string, metadata: object, spec: object) => ({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, ...metadata },
    spec: { terminationGracePeriodSeconds: 0, containers: [container('orders', two)], ...spec },
  });
  const orders = { labels: labels('orders'), annotations: scraped };
  const objects = [
    pod('two-ports', orders, { containers: [container('orders', two), container('sidecar')] }),
    pod('with-init', orders, { initContainers: [{ ...container('migrate'), command: ['true'] }] }),
    pod('ended', orders, {
      restartPolicy: 'Never',
      containers: [{ ...container('orders'), command: ['true'] }],
    }),
    pod('quiet', { labels: labels('orders') }, {}),
    pod('refusing', { ...orders, annotations: { ...scraped, 'prometheus.io/scrape': 'false' } }, {}),
    pod('named', orders, { hostname: 'orders-host', subdomain: 'orders' }),
    pod(
      'odd-path',
      {
        ...orders,
        annotations: { ...scraped, 'prometheus.io/path': '/a b?c=ü!', 'prometheus.io/scheme': 'https' },
      },
      {},
    ),
    pod(
      'portless',
      { ...orders, annotations: { 'prometheus.io/scrape': 'true' } },
      {
        containers: [
          container('orders', [...two, { containerPort: 5353, protocol: 'UDP' }]),
          container('sidecar'),
        ],
      },
    ),
    pod(
      'bare',
      { ...orders, annotations: { 'prometheus.io/scrape': 'true', 'prometheus.io/port': 'http' } },
      {
        containers: [container('one')],
      },
    ),
    pod('waiting', orders, { nodeSelector: { 'example.com/none': 'such' } }),
    pod('other-service', { ...orders, labels: labels('stranger') }, {}),
    pod(
      'other-app',
      { ...orders, labels: { ...labels('orders'), 'app.kubernetes.io/part-of': 'other' } },
      {},
    ),
    {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: 'catalog' },
      spec: {
        replicas: 2,
        selector: { matchLabels: { 'app.kubernetes.io/name': 'catalog' } },
        template: {
          metadata: {
            labels: { ...labels('catalog'), 'a.example/b-c': 'x' },
            annotations: { ...scraped, 'a.example/b-c': '' },
          },
          spec: { terminationGracePeriodSeconds: 0, containers: [container('catalog', two)] },
        },
      },
    },
  ];
  return objects.map(stringifyYaml).join('---\n');
}

/** How many of them run, or have run. */
export const settledPods = 13;

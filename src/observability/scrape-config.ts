import { labels } from '../core/labels.ts';

/** Where an app's instances are found. Each source yields exactly that app's services in that environment. */
export type ScrapeSource =
  | { kind: 'process'; instances: readonly ProcessInstance[] }
  | { kind: 'docker'; host: string }
  | { kind: 'kubernetes'; namespace: string; kubeconfig?: string };

export interface ProcessInstance {
  service: string;
  host: string;
  adminPort: number;
}

export interface ScrapeScope {
  app: string;
  environment: string;
  /** Names of the services to find, sorted. */
  services: readonly string[];
}

/** A complete `prometheus.yml` as data. Labels on every series: namespace, pod, service, env. */
export function scrapeConfig(scope: ScrapeScope, source: ScrapeSource): object {
  return {
    global: { scrape_interval: '15s', scrape_timeout: '10s' },
    scrape_configs: [job(scope, source)],
  };
}

function job(scope: ScrapeScope, source: ScrapeSource): object {
  const job_name = `${scope.app}-${scope.environment}`;
  switch (source.kind) {
    case 'process':
      return { job_name, static_configs: processTargets(scope, source.instances) };
    case 'docker':
      return { job_name, ...dockerDiscovery(scope, source.host) };
    case 'kubernetes':
      return { job_name, ...podDiscovery(scope, source) };
  }
}

function processTargets(scope: ScrapeScope, instances: readonly ProcessInstance[]): object[] {
  return instances
    .filter(({ service }) => scope.services.includes(service))
    .map(({ service, host, adminPort }) => ({
      targets: [`${host.includes(':') ? `[${host}]` : host}:${adminPort}`],
      labels: { namespace: scope.app, pod: `${service}-${adminPort}`, service, env: scope.environment },
    }));
}

/** Containers have one address per network; the filter leaves those of this app and environment, the rules one port each. */
function dockerDiscovery(scope: ScrapeScope, host: string): object {
  const label = (name: string) => `__meta_docker_container_label_${name.replace(/[^a-zA-Z0-9_]/g, '_')}`;
  return {
    docker_sd_configs: [
      {
        host,
        refresh_interval: '5s',
        filters: [
          { name: 'label', values: [`${labels.app}=${scope.app}`] },
          { name: 'label', values: [`${labels.environment}=${scope.environment}`] },
        ],
      },
    ],
    relabel_configs: [
      { source_labels: [label(labels.service)], action: 'keep', regex: anyOf(scope.services) },
      {
        source_labels: ['__meta_docker_network_name'],
        action: 'keep',
        regex: `${scope.app}-${scope.environment}`,
      },
      // Discovery lists a container once for every port that it exposes; equal targets become one.
      {
        source_labels: ['__meta_docker_network_ip', label(labels.adminPort)],
        separator: ';',
        regex: '(.+);(\\d+)',
        replacement: '$1:$2',
        target_label: '__address__',
      },
      { target_label: 'namespace', replacement: scope.app },
      { source_labels: ['__meta_docker_container_name'], regex: '/?(.+)', target_label: 'pod' },
      { source_labels: [label(labels.service)], target_label: 'service' },
      { target_label: 'env', replacement: scope.environment },
    ],
  };
}

/** Pods of the app by namespace and label first, then by annotation: annotations alone would find strangers. */
function podDiscovery(scope: ScrapeScope, source: { namespace: string; kubeconfig?: string }): object {
  const meta = (name: string) => `__meta_kubernetes_pod_${name}`;
  const annotation = (name: string) => meta(`annotation_prometheus_io_${name}`);
  const ipv4 = '(([0-9]{1,3}\\.){3}[0-9]{1,3})';
  return {
    kubernetes_sd_configs: [
      {
        role: 'pod',
        ...(source.kubeconfig ? { kubeconfig_file: source.kubeconfig } : {}),
        namespaces: { names: [source.namespace] },
        selectors: [{ role: 'pod', label: `app.kubernetes.io/part-of=${scope.app}` }],
      },
    ],
    relabel_configs: [
      { source_labels: [meta('label_app_kubernetes_io_name')], action: 'keep', regex: anyOf(scope.services) },
      { source_labels: [annotation('scrape')], action: 'keep', regex: 'true' },
      { source_labels: [meta('phase')], action: 'drop', regex: 'Pending|Succeeded|Failed|Completed' },
      { source_labels: [meta('container_init')], action: 'drop', regex: 'true' },
      { source_labels: [annotation('scheme')], regex: '(https?)', target_label: '__scheme__' },
      { source_labels: [annotation('path')], regex: '(.+)', target_label: '__metrics_path__' },
      // Discovery lists a pod once for every port of every container; with one address they become one target.
      {
        source_labels: [annotation('port'), meta('ip')],
        separator: ';',
        regex: `(\\d+);${ipv4}`,
        replacement: '$2:$1',
        target_label: '__address__',
      },
      {
        source_labels: [annotation('port'), meta('ip')],
        separator: ';',
        regex: '(\\d+);([A-Fa-f0-9:]*:[A-Fa-f0-9:]+)',
        replacement: '[$2]:$1',
        target_label: '__address__',
      },
      { source_labels: ['__meta_kubernetes_namespace'], target_label: 'namespace' },
      { source_labels: [meta('name')], target_label: 'pod' },
      { source_labels: [meta('node_name')], target_label: 'node' },
      { source_labels: [meta('label_app_kubernetes_io_name')], target_label: 'service' },
      { target_label: 'env', replacement: scope.environment },
    ],
  };
}

/** Names are DNS labels, so they need no escaping in a regular expression. */
function anyOf(names: readonly string[]): string {
  return names.join('|');
}

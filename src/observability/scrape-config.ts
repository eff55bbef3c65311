import { selectorText } from '../core/label-selector.ts';
import { labels } from '../core/labels.ts';
import { hostPort, sanitized } from './discovery/target-group.ts';
import { anyOf, podJobs } from './pod-jobs.ts';
import type { PodSelection } from './pod-selection.ts';
import type { RelabelConfig } from './relabel/rule.ts';

/** Where an app's instances are found. Each source yields exactly that app's services in that environment. */
export type ScrapeSource =
  | { kind: 'process'; instances: readonly ProcessInstance[] }
  | { kind: 'docker'; host: string }
  | KubernetesSource;

export interface KubernetesSource {
  kind: 'kubernetes';
  namespace: string;
  /** For a Prometheus outside the cluster. */
  kubeconfig?: string;
  /** Of an app that is a folder of manifests; without them its pods are known by the labels that templates give them. */
  workloads?: readonly ScrapedWorkload[];
}

/** One workload of a folder, and the pods that are its own. */
export interface ScrapedWorkload {
  /** Unique among the workloads of the app. */
  name: string;
  pods: PodSelection;
  /** Name of the one pod that it is. */
  pod?: string;
}

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

/** One entry of `scrape_configs`, with Prometheus's own names. */
export interface ScrapeJob {
  job_name: string;
  static_configs?: readonly { targets: readonly string[]; labels: Readonly<Record<string, string>> }[];
  docker_sd_configs?: readonly object[];
  kubernetes_sd_configs?: readonly object[];
  relabel_configs?: readonly RelabelConfig[];
}

export const scrapeDefaults = { scrape_interval: '15s', scrape_timeout: '10s' };

/** A complete `prometheus.yml` as data. Labels on every series: namespace, pod, service, env. */
export function scrapeConfig(scope: ScrapeScope, source: ScrapeSource) {
  return { global: scrapeDefaults, ...scrapeFragment(scope, source) };
}

/** The jobs alone, as a file that `scrape_config_files` names has them; intervals are those of the Prometheus that reads it. */
export function scrapeFragment(scope: ScrapeScope, source: ScrapeSource): { scrape_configs: ScrapeJob[] } {
  return { scrape_configs: scrapeJobs(scope, source) };
}

export function scrapeJobs(scope: ScrapeScope, source: ScrapeSource): ScrapeJob[] {
  const job_name = `${scope.app}-${scope.environment}`;
  switch (source.kind) {
    case 'process':
      return [{ job_name, static_configs: processTargets(scope, source.instances) }];
    case 'docker':
      return [{ job_name, ...dockerDiscovery(scope, source.host) }];
    case 'kubernetes':
      return podJobs(scope, source).map(({ name, pods, rules }) => ({
        job_name: name,
        kubernetes_sd_configs: [podDiscovery(pods, source.kubeconfig)],
        relabel_configs: rules,
      }));
  }
}

export function processTargets(scope: ScrapeScope, instances: readonly ProcessInstance[]) {
  return instances
    .filter(({ service }) => scope.services.includes(service))
    .map(({ service, host, adminPort }) => ({
      targets: [hostPort(host, adminPort)],
      labels: { namespace: scope.app, pod: `${service}-${adminPort}`, service, env: scope.environment },
    }));
}

/** Labels of the containers that the engine is asked for. */
export function containerLabels({ app, environment }: ScrapeScope): Record<string, string> {
  return { [labels.app]: app, [labels.environment]: environment };
}

/** Containers have one address per network; the filter leaves those of this app and environment, the rules one port each. */
function dockerDiscovery(scope: ScrapeScope, host: string): Omit<ScrapeJob, 'job_name'> {
  const label = (name: string) => `__meta_docker_container_label_${sanitized(name)}`;
  return {
    docker_sd_configs: [
      {
        host,
        refresh_interval: '5s',
        // Otherwise it looks at one network of each container, the first by name.
        match_first_network: false,
        filters: Object.entries(containerLabels(scope)).map(([name, value]) => ({
          name: 'label',
          values: [`${name}=${value}`],
        })),
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

function podDiscovery(pods: PodSelection, kubeconfig?: string): object {
  const label = selectorText(pods);
  return {
    role: 'pod',
    ...(kubeconfig ? { kubeconfig_file: kubeconfig } : {}),
    namespaces: { names: [pods.namespace] },
    ...(label ? { selectors: [{ role: 'pod', label }] } : {}),
  };
}

import type { PodSelection } from './pod-selection.ts';
import type { RelabelConfig } from './relabel/rule.ts';
import type { KubernetesSource, ScrapeScope } from './scrape-config.ts';

/** What finds the pods of an app, or of one workload of it. */
export interface PodJob {
  name: string;
  pods: PodSelection;
  rules: readonly RelabelConfig[];
}

/** Pods by namespace and label first, then by annotation: annotations alone would find strangers. */
export function podJobs(scope: ScrapeScope, { namespace, workloads }: KubernetesSource): PodJob[] {
  const name = `${scope.app}-${scope.environment}`;
  if (workloads) {
    // Pods of a folder bear whatever labels they were given, so that each workload needs a selection of its own.
    return workloads.map((workload) => ({
      name: workload.name === scope.app ? name : `${name}-${workload.name}`,
      pods: workload.pods,
      rules: [
        ...only(workload.pod),
        ...annotated,
        ...described,
        { target_label: 'service', replacement: workload.name },
        environment(scope),
      ],
    }));
  }
  const matchLabels = { 'app.kubernetes.io/part-of': scope.app };
  const ours: RelabelConfig = { source_labels: [serviceName], action: 'keep', regex: anyOf(scope.services) };
  const service: RelabelConfig = { source_labels: [serviceName], target_label: 'service' };
  const rules = [ours, ...annotated, ...described, service, environment(scope)];
  return [{ name, pods: { namespace, matchLabels }, rules }];
}

/** Names of services are DNS labels, so they need no escaping in a regular expression. */
export function anyOf(services: readonly string[]): string {
  return services.join('|');
}

const meta = (name: string) => `__meta_kubernetes_pod_${name}`;
const annotation = (name: string) => meta(`annotation_prometheus_io_${name}`);
const serviceName = meta('label_app_kubernetes_io_name');

const annotated: readonly RelabelConfig[] = [
  { source_labels: [annotation('scrape')], action: 'keep', regex: 'true' },
  { source_labels: [meta('phase')], action: 'drop', regex: 'Pending|Succeeded|Failed|Completed' },
  { source_labels: [meta('container_init')], action: 'drop', regex: 'true' },
  { source_labels: [annotation('scheme')], regex: '(https?)', target_label: '__scheme__' },
  { source_labels: [annotation('path')], regex: '(.+)', target_label: '__metrics_path__' },
  // Discovery lists a pod once for every port of every container; with one address they become one target.
  {
    source_labels: [annotation('port'), meta('ip')],
    separator: ';',
    regex: '(\\d+);(([0-9]{1,3}\\.){3}[0-9]{1,3})',
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
];

const described: readonly RelabelConfig[] = [
  { source_labels: ['__meta_kubernetes_namespace'], target_label: 'namespace' },
  { source_labels: [meta('name')], target_label: 'pod' },
  { source_labels: [meta('node_name')], target_label: 'node' },
];

/** A pod by itself may have the labels of others. */
function only(pod?: string): RelabelConfig[] {
  const regex = pod?.replaceAll('.', '\\.');
  return regex ? [{ source_labels: [meta('name')], action: 'keep', regex }] : [];
}

function environment(scope: ScrapeScope): RelabelConfig {
  return { target_label: 'env', replacement: scope.environment };
}

import type { KubernetesObject } from '../core/kubernetes-object.ts';
import { type PodJob, podJobs } from './pod-jobs.ts';
import type { RelabelConfig } from './relabel/rule.ts';
import type { KubernetesSource, ScrapeScope } from './scrape-config.ts';

/** The same jobs for the Prometheus Operator: one PodMonitor in the namespace of the pods for each. */
export function podMonitors(scope: ScrapeScope, source: KubernetesSource): KubernetesObject[] {
  return podJobs(scope, source).map(podMonitor);
}

function podMonitor({
  name,
  pods: { namespace, matchLabels, matchExpressions },
  rules,
}: PodJob): KubernetesObject {
  return {
    apiVersion: 'monitoring.coreos.com/v1',
    kind: 'PodMonitor',
    metadata: { name, namespace },
    spec: {
      selector: { matchLabels, ...(matchExpressions?.length ? { matchExpressions } : {}) },
      namespaceSelector: { matchNames: [namespace] },
      // No port is named: the annotation of each pod says which one it is.
      podMetricsEndpoints: [
        { relabelings: [...rules, { target_label: 'job', replacement: name }, once].map(asField) },
      ],
    },
  };
}

/** The operator labels targets by container, which would make one of each container of a pod. */
const once: RelabelConfig = { action: 'labeldrop', regex: 'container' };

function asField({ source_labels, target_label, ...rest }: RelabelConfig): object {
  return {
    ...(source_labels ? { sourceLabels: source_labels } : {}),
    ...rest,
    ...(target_label ? { targetLabel: target_label } : {}),
  };
}

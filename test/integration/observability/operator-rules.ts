import type { PodSelection } from '../../../src/observability/pod-selection.ts';
import type { RelabelConfig } from '../../../src/observability/relabel/rule.ts';

interface FieldRule extends RelabelConfig {
  sourceLabels?: string[];
  targetLabel?: string;
}

interface MonitorSpec {
  selector: Pick<PodSelection, 'matchLabels'>;
  podMetricsEndpoints: { relabelings: FieldRule[] }[];
}

/**
 * The rules that the Prometheus Operator (0.92) makes of a PodMonitor without port and with `matchLabels` alone: what it filters and
 * labels by itself goes before the monitor's own rules.
 */
export function operatorRules({ spec }: { spec?: object }, namespace: string): RelabelConfig[] {
  const { selector, podMetricsEndpoints } = spec as MonitorSpec;
  const meta = (name: string) => `__meta_kubernetes_pod_${name}`;
  return [
    { source_labels: ['job'], target_label: '__tmp_prometheus_job_name' },
    { source_labels: [meta('phase')], regex: '(Failed|Succeeded)', action: 'drop' },
    ...Object.entries(selector.matchLabels).map(([key, value]): RelabelConfig => {
      const name = key.replace(/\W/g, '_');
      return {
        action: 'keep',
        source_labels: [meta(`label_${name}`), meta(`labelpresent_${name}`)],
        regex: `(${value});true`,
      };
    }),
    { source_labels: ['__meta_kubernetes_namespace'], target_label: 'namespace' },
    { source_labels: [meta('container_name')], target_label: 'container' },
    { source_labels: [meta('name')], target_label: 'pod' },
    { target_label: 'job', replacement: `${namespace}/monitor` },
    ...podMetricsEndpoints[0]!.relabelings.map(({ sourceLabels, targetLabel, ...rule }) => ({
      ...rule,
      ...(sourceLabels ? { source_labels: sourceLabels } : {}),
      ...(targetLabel ? { target_label: targetLabel } : {}),
    })),
  ];
}

import type { LabelSet } from './relabel/label-set.ts';
import type { Rule } from './relabel/rule.ts';

export interface DropReason {
  /** For people, e.g. `annotation prometheus.io/scrape is missing, and has to be true`. */
  reason: string;
  /** The rule that dropped it; absent where none did and Prometheus refuses what is left. */
  rule?: {
    /** Its place among `relabel_configs`, from 1. */
    number: number;
    action: string;
    /** What it looked at, as it was then; empty: not there. */
    sourceLabels: Record<string, string>;
    regex?: string;
    targetLabel?: string;
  };
}

/** Why a rule dropped what had these labels. */
export function dropReason({ number, config }: Rule, labels: LabelSet): DropReason {
  const { action = 'replace', source_labels = [], regex, target_label } = config;
  const values = source_labels.map((name) => [name, labels.get(name)] as const);
  const are = values.map(
    ([name, value]) => `${inWords(name)} is ${value === '' ? 'missing' : JSON.stringify(value)}`,
  );
  const found = are.join(' and ') || 'always';
  const target =
    target_label === undefined ? '' : `${inWords(target_label)}, ${JSON.stringify(labels.get(target_label))}`;
  const reasons: Record<string, string> = {
    keep: `${found}, and has to be ${regex ?? ''}`,
    keepequal: `${found}, and has to equal ${target}`,
    dropequal: `${found}, which equals ${target}`,
  };
  return {
    reason: reasons[action] ?? found,
    rule: {
      number,
      action,
      sourceLabels: Object.fromEntries(values),
      ...(regex === undefined ? {} : { regex }),
      ...(target_label === undefined ? {} : { targetLabel: target_label }),
    },
  };
}

/** A label of discovery by the name that the thing itself has for it, as far as that can be told. */
function inWords(label: string): string {
  const known = words[label];
  if (known) return known;
  for (const [prefix, kind, domain] of prefixes)
    if (label.startsWith(prefix))
      return `${kind} ${domain}/${label.slice(prefix.length).replaceAll('_', '-')}`;
  return label;
}

const words: Readonly<Record<string, string>> = {
  __meta_kubernetes_pod_phase: 'phase',
  __meta_kubernetes_pod_container_init: 'init container',
  __meta_docker_network_name: 'network',
};

const prefixes = [
  ['__meta_kubernetes_pod_annotation_prometheus_io_', 'annotation', 'prometheus.io'],
  ['__meta_kubernetes_pod_label_app_kubernetes_io_', 'label', 'app.kubernetes.io'],
  ['__meta_docker_container_label_cloudnative_dev_', 'label', 'cloudnative.dev'],
] as const;

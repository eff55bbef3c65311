import type { LabelSet } from './label-set.ts';
import { compileRule, type RelabelConfig, type Rule } from './rule.ts';

/** What rules make of one target: its labels, or the rule that dropped it with the labels as that rule found them. */
export type Relabelled = { labels: LabelSet; droppedBy?: undefined } | { labels: LabelSet; droppedBy: Rule };

/** Rules of Prometheus 3, ready to run on any number of targets. Throws E_REGEX, E_RELABEL (3). */
export function compileRules(configs: readonly RelabelConfig[]): (labels: LabelSet) => Relabelled {
  const rules = configs.map(compileRule);
  return (labels) => {
    for (const rule of rules) if (!rule.apply(labels)) return { labels, droppedBy: rule };
    return { labels };
  };
}

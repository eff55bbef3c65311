import { parse } from 'yaml';

export interface Rule {
  record?: string;
  alert?: string;
  expr: string;
  for?: string;
  labels: Record<string, string>;
  annotations?: Record<string, string>;
}

/** Every rule of a rule file. */
export function expressionsOf(rules: string): Rule[] {
  const { groups } = parse(rules) as { groups: { rules: Rule[] }[] };
  return groups.flatMap((group) => group.rules);
}

import type { Alert, Deployed } from '../capabilities/capability.ts';
import { latencyText, percent } from '../objectives.ts';
import { alertsOf } from './rule-file.ts';

/** The page that the alerts of a service link to, in Markdown: for each, what it means and what to do. */
export function runbook(service: Deployed): string {
  const { availability, budget, latency } = service.target;
  return [
    `# Runbook of ${service.service} on ${service.environment}`,
    'Made by cloudnative rules; changes are lost when it is made anew.',
    `Its objectives: ${availability}% of requests do not fail (${percent(budget)} may), and latency ${latencyText(latency)}.`,
    ...alertsOf(service).flatMap(section),
  ]
    .join('\n\n')
    .concat('\n');
}

function section({ alert, severity, expr, runbook: { meaning, steps }, ...alertRule }: Alert): string[] {
  const held = alertRule.for ? `, for ${alertRule.for}` : '';
  return [
    `## ${alert}`,
    meaning,
    `Severity ${severity}. It fires when this has a value${held}:`,
    `\`\`\`promql\n${expr}\n\`\`\``,
    steps.map((step, index) => `${index + 1}. ${step.replace(/\n(?=.)/g, '\n   ')}`).join('\n'),
  ];
}

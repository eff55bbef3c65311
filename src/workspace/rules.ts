import type { Configuration, Problem } from './configuration.ts';
import { environmentRules } from './environment-rules.ts';
import { readinessRules } from './readiness-rules.ts';
import type { Report } from './rule.ts';
import { serviceRules } from './service-rules.ts';

/** What is wrong although every file is as its schema wants it. */
export function checkRules(configuration: Configuration): Problem[] {
  const problems: Problem[] = [];
  const report: Report = ({ file, document }, path, message, at) => {
    const position = at === 'key' ? document.keyPosition(path) : document.position(path);
    problems.push({ file, position, message });
  };
  for (const rule of [...serviceRules, ...environmentRules, ...readinessRules]) rule(configuration, report);
  return problems;
}

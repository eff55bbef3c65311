import type { Configuration } from './configuration.ts';
import type { Report, Rule } from './rule.ts';

export const readinessRules: readonly Rule[] = [expectationsAreWhole, kindsHaveOneRule];

/** A condition, or a field with the values that are meant. */
function expectationsAreWhole({ workspace }: Configuration, report: Report): void {
  for (const [index, entry] of (workspace?.content?.readiness ?? []).entries()) {
    for (const key of ['ready', 'failed'] as const) {
      const expectation = entry[key];
      if (!expectation) continue;
      const { condition, status, field, is } = expectation;
      const byCondition = condition !== undefined && field === undefined && is === undefined;
      const byField =
        field !== undefined && is !== undefined && condition === undefined && status === undefined;
      if (!byCondition && !byField)
        report(
          workspace!,
          ['readiness', index, key],
          `${key} must be {condition: Available}, or {field: status.phase, is: [Running]}`,
        );
    }
  }
}

function kindsHaveOneRule({ workspace }: Configuration, report: Report): void {
  const seen = new Set<string>();
  for (const [index, { group, kind }] of (workspace?.content?.readiness ?? []).entries()) {
    const name = `${kind}.${group}`;
    if (seen.has(name)) report(workspace!, ['readiness', index], `there is another rule for ${name}`);
    seen.add(name);
  }
}

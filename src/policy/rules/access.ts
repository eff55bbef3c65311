import type { Tell } from '../finding.ts';
import { list, record, records } from '../json.ts';
import type { TypeRule } from '../schema/check-value.ts';
import { oneOf, type ValueRule } from './values.ts';

const roleKind = oneOf('Role', 'ClusterRole');
const subjectKind = oneOf('User', 'Group', 'ServiceAccount');

/** RoleBindings and ClusterRoleBindings. */
export const roleBinding: TypeRule = ({ roleRef, subjects }, path, tell) => {
  told(roleKind, record(roleRef).kind, [...path, 'roleRef', 'kind'], tell);
  for (const { item, index } of records(subjects)) {
    told(subjectKind, item.kind, [...path, 'subjects', index, 'kind'], tell);
  }
};

export const policyRule: TypeRule = ({ verbs, apiGroups, resources, nonResourceURLs }, path, tell) => {
  const needed = { verbs, ...(list(nonResourceURLs).length > 0 ? {} : { apiGroups, resources }) };
  for (const [field, value] of Object.entries(needed)) {
    if (list(value).length === 0)
      tell({ rule: 'missing-field', path: [...path, field], message: 'is empty' });
  }
};

function told(rule: ValueRule, value: unknown, path: Parameters<TypeRule>[1], tell: Tell): void {
  const message = rule(value);
  if (message) tell({ rule: 'value', path, message });
}

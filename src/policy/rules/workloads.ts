import type { Path } from '../../core/yaml-document.ts';
import type { Tell } from '../finding.ts';
import { type Json, record, text } from '../json.ts';
import type { TypeRule } from '../schema/check-value.ts';
import { holds, isEmptySelector, selectorText, selects } from '../selectors.ts';
import { checkLabels } from './metadata.ts';

/** Workloads whose selector must select the pods of their own template. */
export const selecting: TypeRule = ({ selector, template }, path, tell) => {
  checkTemplate(template, path, tell, ['Always']);
  const wanted = record(selector);
  const labels = record(record(record(template).metadata).labels);
  if (!selector) return;
  if (isEmptySelector(wanted)) tell({ rule: 'selector', path: [...path, 'selector'], message: 'is empty' });
  else if (!selects(wanted, labels)) tell(mismatch(path, selectorText(wanted), labels));
};

export const replicationController: TypeRule = ({ selector, template }, path, tell) => {
  checkTemplate(template, path, tell, ['Always']);
  const labels = record(record(record(template).metadata).labels);
  const wanted = record(selector);
  if (!holds(wanted, labels)) tell(mismatch(path, selectorText({ matchLabels: wanted }), labels));
};

/** An expression of a selector. */
export const requirement: TypeRule = ({ operator, values }, path, tell) => {
  const wanted = operator === 'In' || operator === 'NotIn';
  const none = !Array.isArray(values) || values.length === 0;
  if (wanted && none)
    tell({ rule: 'selector', path: [...path, 'values'], message: `are missing, which ${operator} needs` });
  if ((operator === 'Exists' || operator === 'DoesNotExist') && !none)
    tell({ rule: 'selector', path: [...path, 'values'], message: `cannot be set beside ${operator}` });
};

export const job: TypeRule = ({ template, selector, manualSelector }, path, tell) => {
  checkTemplate(template, path, tell, ['OnFailure', 'Never']);
  if (selector && manualSelector !== true)
    tell({
      rule: 'selector',
      path: [...path, 'selector'],
      message: 'must be left out: the cluster makes it',
    });
};

export const strategy: TypeRule = ({ type, rollingUpdate }, path, tell) => {
  if (type === 'Recreate' && rollingUpdate)
    tell({ rule: 'one-of', path: [...path, 'rollingUpdate'], message: 'cannot be set beside type Recreate' });
  const { maxSurge, maxUnavailable } = record(rollingUpdate);
  const nothing = (value: unknown) => value === 0 || value === '0%';
  if (nothing(maxSurge) && nothing(maxUnavailable))
    tell({
      rule: 'one-of',
      path: [...path, 'rollingUpdate', 'maxUnavailable'],
      message: 'cannot be 0 while maxSurge is 0',
    });
};

function checkTemplate(template: unknown, path: Path, tell: Tell, policies: readonly string[]): void {
  const { metadata, spec } = record(template);
  checkLabels(record(metadata), [...path, 'template', 'metadata'], tell);
  if (!spec) return;
  const policy = text(record(spec).restartPolicy) ?? 'Always';
  if (!policies.includes(policy))
    tell({
      rule: 'restart-policy',
      path: [...path, 'template', 'spec', 'restartPolicy'],
      message: `is ${policy}, must be ${policies.join(' or ')}`,
    });
}

function mismatch(path: Path, selector: string, labels: Json): Parameters<Tell>[0] {
  const has = Object.entries(labels).map(([key, value]) => `${key}=${value}`);
  const message = `(${selector}) does not select the pods of the template, which have ${has.join(', ') || 'no labels'}`;
  return { rule: 'selector', path: [...path, 'selector'], message };
}

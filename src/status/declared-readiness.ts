import { apiGroup, type KubernetesObject } from '../core/kubernetes-object.ts';
import type { Verdict } from '../core/readiness.ts';
import type { Expectation, ReadinessRule } from '../workspace/model.ts';
import { conditionOf, wordsOf } from './conditions.ts';
import { knownFields } from './known-fields.ts';
import { failed, progressing, ready } from './verdicts.ts';

/** The workspace's rule for an object's kind; undefined where it has none. */
export function ruleFor(
  object: KubernetesObject,
  rules: readonly ReadinessRule[],
): ReadinessRule | undefined {
  const group = apiGroup(object);
  return rules.find((rule) => rule.kind === object.kind && rule.group === group);
}

/** The verdict of a rule: what failed comes before what is ready, and neither means that it is on its way. */
export function byRule(object: KubernetesObject, rule: ReadinessRule): Verdict {
  if (rule.failed) {
    const { met, words } = look(object, rule.failed);
    if (met) return failed(words);
  }
  const { met, words } = look(object, rule.ready);
  return met ? ready(words) : progressing(words);
}

function look(object: KubernetesObject, expectation: Expectation): { met: boolean; words: string } {
  if ('condition' in expectation) {
    const condition = conditionOf(knownFields(object), expectation.condition);
    if (!condition) return { met: false, words: `has no condition ${expectation.condition} yet` };
    const { type, status } = condition;
    return { met: status === expectation.status, words: wordsOf(condition, `${type} is ${status}`) };
  }
  const { field, is } = expectation;
  let value: unknown = object;
  for (const step of field.split('.'))
    value =
      typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[step] : undefined;
  if (value === undefined || value === null) return { met: false, words: `has no ${field} yet` };
  if (typeof value === 'object') return { met: false, words: `${field} is no single value` };
  return { met: is.includes(String(value)), words: `${field} is ${String(value)}` };
}

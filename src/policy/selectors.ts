import { type Json, list, record, records } from './json.ts';

/** Whether a label selector selects these labels; an empty one selects everything. */
export function selects(selector: Json, labels: Json): boolean {
  const { matchLabels, matchExpressions } = selector;
  return (
    holds(record(matchLabels), labels) &&
    records(matchExpressions).every(({ item }) => expressionHolds(item, labels))
  );
}

/** Whether all of the wanted labels are there. */
export function holds(wanted: Json, labels: Json): boolean {
  return Object.entries(wanted).every(
    ([key, value]) => (labels[key] ?? '') === (value ?? '') && key in labels,
  );
}

/** A selector as people write it: `app=orders, tier in (a, b)`. */
export function selectorText(selector: Json): string {
  const labels = Object.entries(record(selector.matchLabels)).map(([key, value]) => `${key}=${value}`);
  const expressions = records(selector.matchExpressions).map(({ item: { key, operator, values } }) => {
    if (operator === 'Exists') return String(key);
    if (operator === 'DoesNotExist') return `!${key}`;
    return `${key} ${operator === 'In' ? 'in' : 'not in'} (${list(values).join(', ')})`;
  });
  return [...labels, ...expressions].join(', ');
}

export function isEmptySelector(selector: Json): boolean {
  return (
    Object.keys(record(selector.matchLabels)).length === 0 && list(selector.matchExpressions).length === 0
  );
}

function expressionHolds({ key, operator, values }: Json, labels: Json): boolean {
  const name = String(key);
  const has = name in labels;
  if (operator === 'Exists') return has;
  if (operator === 'DoesNotExist') return !has;
  const among = has && list(values).includes(labels[name]);
  return operator === 'In' ? among : !among;
}

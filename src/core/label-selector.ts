type Labels = Readonly<Record<string, string>>;

export interface Requirement {
  key: string;
  /** `In`, `NotIn`, `Exists` or `DoesNotExist`. */
  operator: string;
  values?: readonly string[];
}

export interface Selector {
  matchLabels?: Labels;
  matchExpressions?: readonly Requirement[];
}

/** A label selector as a query has it; empty for none. */
export function selectorText({ matchLabels = {}, matchExpressions = [] }: Selector = {}): string {
  const equal = Object.entries(matchLabels).map(([key, value]) => `${key}=${value}`);
  const others = matchExpressions.map(({ key, operator, values = [] }) => {
    if (operator === 'Exists') return key;
    if (operator === 'DoesNotExist') return `!${key}`;
    return `${key} ${operator === 'In' ? 'in' : 'notin'} (${values.join(',')})`;
  });
  return [...equal, ...others].join(',');
}

/** Whether a selector finds an object with these labels. One that asks for nothing finds nothing. */
export function matchesSelector(labels: Labels, selector: Selector = {}): boolean {
  const { matchLabels = {}, matchExpressions = [] } = selector;
  return Object.keys(matchLabels).length + matchExpressions.length > 0 && meetsSelector(labels, selector);
}

/** Whether labels are all that a selector asks for, as a query has it: one that asks for nothing takes all. */
export function meetsSelector(
  labels: Labels,
  { matchLabels = {}, matchExpressions = [] }: Selector,
): boolean {
  const equal = Object.entries(matchLabels).every(([key, value]) => labels[key] === value);
  return (
    equal &&
    matchExpressions.every(({ key, operator, values = [] }) => {
      const value = labels[key];
      if (operator === 'Exists') return value !== undefined;
      if (operator === 'DoesNotExist') return value === undefined;
      const listed = value !== undefined && values.includes(value);
      return operator === 'In' ? listed : !listed;
    })
  );
}

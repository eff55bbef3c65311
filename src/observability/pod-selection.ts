/** Which pods of one namespace an app has. */
export interface PodSelection {
  namespace: string;
  matchLabels: Readonly<Record<string, string>>;
  matchExpressions?: readonly PodRequirement[];
}

export interface PodRequirement {
  key: string;
  operator: 'In' | 'NotIn' | 'Exists' | 'DoesNotExist';
  values?: readonly string[];
}

/** As label selectors are written, e.g. `app=orders,tier in (a,b)`. */
export function selectionText({ matchLabels, matchExpressions = [] }: PodSelection): string {
  return [
    ...Object.entries(matchLabels).map(([key, value]) => `${key}=${value}`),
    ...matchExpressions.map(requirementText),
  ].join(',');
}

export function selects(
  { matchLabels, matchExpressions = [] }: PodSelection,
  labels: Readonly<Record<string, string>>,
): boolean {
  return (
    Object.entries(matchLabels).every(([key, value]) => labels[key] === value) &&
    matchExpressions.every((one) => meets(one, labels))
  );
}

function requirementText({ key, operator, values = [] }: PodRequirement): string {
  switch (operator) {
    case 'In':
      return `${key} in (${values.join(',')})`;
    case 'NotIn':
      return `${key} notin (${values.join(',')})`;
    case 'Exists':
      return key;
    case 'DoesNotExist':
      return `!${key}`;
  }
}

function meets(
  { key, operator, values = [] }: PodRequirement,
  labels: Readonly<Record<string, string>>,
): boolean {
  const value = labels[key];
  switch (operator) {
    case 'In':
      return value !== undefined && values.includes(value);
    case 'NotIn':
      return value === undefined || !values.includes(value);
    case 'Exists':
      return value !== undefined;
    case 'DoesNotExist':
      return value === undefined;
  }
}

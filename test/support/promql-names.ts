/** What an expression names: series with the labels that it asks of them, and the labels that it groups by. */
export interface PromqlNames {
  selectors: { name: string; labels: string[] }[];
  grouping: string[];
}

/** Collects the names in the tree that Prometheus makes of an expression. */
export function namesIn(tree: unknown): PromqlNames {
  const names: PromqlNames = { selectors: [], grouping: [] };
  collect(tree, names);
  return names;
}

function collect(node: unknown, names: PromqlNames): void {
  if (Array.isArray(node)) {
    for (const one of node) collect(one, names);
    return;
  }
  if (typeof node !== 'object' || node === null) return;
  const { type, name, matchers, grouping } = node as {
    type?: string;
    name?: string;
    matchers?: { name: string }[];
    grouping?: string[];
  };
  if (type === 'vectorSelector' || type === 'matrixSelector') {
    const labels = (matchers ?? []).map((matcher) => matcher.name).filter((label) => label !== '__name__');
    names.selectors.push({ name: name!, labels });
  }
  if (grouping) names.grouping.push(...grouping);
  for (const child of Object.values(node)) collect(child, names);
}

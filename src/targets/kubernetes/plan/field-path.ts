type Step = { field: string } | { keys: Record<string, unknown> } | { index: number };

/** The value at a path as the API server writes them: `.spec.containers[name="a"].ports[containerPort=80,protocol="TCP"].name`. */
export function readFieldPath(object: unknown, path: string): unknown {
  let at: unknown = object;
  for (const step of parse(path)) {
    if (typeof at !== 'object' || at === null) return undefined;
    if ('field' in step) at = (at as Record<string, unknown>)[step.field];
    else if ('index' in step) at = (at as unknown[])[step.index];
    else at = Array.isArray(at) ? at.find((item) => matches(item, step.keys)) : undefined;
  }
  return at;
}

/** The same path as plans show it: `spec.containers[a].ports[80].name`. */
export function shownFieldPath(path: string): string {
  let shown = '';
  for (const step of parse(path)) {
    if ('field' in step && /^[\w-]+$/.test(step.field)) shown += shown ? `.${step.field}` : step.field;
    else if ('field' in step) shown += `[${step.field}]`;
    else if ('index' in step) shown += `[${step.index}]`;
    else shown += `[${Object.values(step.keys)[0]}]`;
  }
  return shown;
}

function parse(path: string): Step[] {
  // Names of labels, annotations and data hold dots, and end their paths.
  const dotted = /^\.(metadata\.labels|metadata\.annotations|data|stringData|binaryData)\.(.+)$/.exec(path);
  if (dotted) return [...dotted[1]!.split('.').map((field) => ({ field })), { field: dotted[2]! }];
  const steps: Step[] = [];
  for (const [, field, inside] of path.matchAll(/\.([^.[]+)|\[((?:"(?:[^"\\]|\\.)*"|[^\]"])*)\]/g)) {
    if (field !== undefined) steps.push({ field });
    else if (/^\d+$/.test(inside!)) steps.push({ index: Number(inside) });
    else steps.push({ keys: keyFields(inside!) });
  }
  return steps;
}

function keyFields(text: string): Record<string, unknown> {
  const fields: Record<string, unknown> = {};
  for (const [, name, value] of text.matchAll(/([\w]+)=("(?:[^"\\]|\\.)*"|[^,]+)/g))
    fields[name!] = JSON.parse(value!);
  return fields;
}

function matches(item: unknown, keys: Record<string, unknown>): boolean {
  const fields = item as Record<string, unknown>;
  return Object.entries(keys).every(
    ([name, value]) => fields[name] === value || (name === 'protocol' && fields[name] === undefined),
  );
}

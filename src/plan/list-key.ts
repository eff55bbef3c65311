const candidates = ['name', 'containerPort', 'port', 'mountPath', 'key', 'topologyKey', 'ip', 'host', 'type'];

/** The field that tells the items of two versions of a list apart, as its merge key does; undefined when none does. */
export function listKey(before: readonly unknown[], after: readonly unknown[]): string | undefined {
  return candidates.find((field) => [before, after].every((list) => identifies(list, field)));
}

function identifies(list: readonly unknown[], field: string): boolean {
  const values = list.map((item) =>
    typeof item === 'object' && item !== null ? (item as Record<string, unknown>)[field] : undefined,
  );
  const usable = values.every((value) => typeof value === 'string' || typeof value === 'number');
  return usable && new Set(values).size === values.length;
}

/** The leaves of a field set as the API server keeps it for each manager, as plans show paths: `spec.template.spec.containers[orders].image`. */
export function ownedPaths(fields: Readonly<Record<string, unknown>>, path = ''): string[] {
  return Object.entries(fields).flatMap(([key, inside]) => {
    // The object or the list item itself.
    if (key === '.') return [];
    const here = `${path}${step(key, path === '')}`;
    const deeper = ownedPaths((inside ?? {}) as Record<string, unknown>, here);
    return deeper.length > 0 ? deeper : [here];
  });
}

function step(key: string, first: boolean): string {
  const [kind, rest] = [key.slice(0, 1), key.slice(2)];
  if (kind === 'f') return /^[\w-]+$/.test(rest) ? `${first ? '' : '.'}${rest}` : `[${rest}]`;
  if (kind === 'i') return `[${rest}]`;
  const value: unknown = JSON.parse(rest);
  const named = kind === 'k' ? Object.values(value as Record<string, unknown>)[0] : value;
  return `[${typeof named === 'object' ? JSON.stringify(named) : named}]`;
}

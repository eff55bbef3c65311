/** Each circle of calls once, as names in calling order, beginning with its first in the alphabet. Calls of oneself are none. */
export function callCycles(calls: ReadonlyMap<string, readonly string[]>): string[][] {
  const cycles = new Map<string, string[]>();
  const finished = new Set<string>();
  const path: string[] = [];

  const visit = (name: string): void => {
    const start = path.indexOf(name);
    if (start >= 0) {
      const cycle = rotated(path.slice(start));
      if (cycle.length > 1) cycles.set(cycle.join(' '), cycle);
      return;
    }
    if (finished.has(name)) return;
    path.push(name);
    for (const callee of calls.get(name) ?? []) visit(callee);
    path.pop();
    finished.add(name);
  };

  for (const name of [...calls.keys()].sort()) visit(name);
  return [...cycles.values()];
}

function rotated(cycle: readonly string[]): string[] {
  const first = cycle.indexOf([...cycle].sort()[0]!);
  return [...cycle.slice(first), ...cycle.slice(0, first)];
}

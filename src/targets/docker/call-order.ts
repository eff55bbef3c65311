/**
 * For each service the ones it calls that are to be ready before it. In a circle of calls somebody has to be first: the call
 * that closes the circle is left out.
 */
export function callOrder(
  calls: ReadonlyMap<string, readonly string[]>,
): ReadonlyMap<string, readonly string[]> {
  const order = new Map<string, string[]>();
  const visit = (service: string, callers: ReadonlySet<string>) => {
    if (order.has(service)) return;
    const first: string[] = [];
    order.set(service, first);
    for (const callee of [...calls.get(service)!].sort()) {
      if (!calls.has(callee) || callers.has(callee) || callee === service) continue;
      visit(callee, new Set([...callers, service]));
      first.push(callee);
    }
  };
  for (const service of [...calls.keys()].sort()) visit(service, new Set());
  return order;
}

/** For each service the ones that it calls and that shall be ready before it; of a circle of calls, the one that closes it is left out. */
export function callOrder(
  services: readonly { service: string; calls: readonly string[] }[],
): (service: string) => readonly string[] {
  const calls = new Map(services.map(({ service, calls }) => [service, calls]));
  const before = new Map<string, string[]>();
  const onTheWay = new Set<string>();
  const visit = (service: string) => {
    if (before.has(service)) return;
    onTheWay.add(service);
    const earlier: string[] = [];
    before.set(service, earlier);
    for (const callee of [...calls.get(service)!].sort()) {
      if (!calls.has(callee) || onTheWay.has(callee)) continue;
      visit(callee);
      earlier.push(callee);
    }
    onTheWay.delete(service);
  };
  for (const service of [...calls.keys()].sort()) visit(service);
  return (service) => before.get(service) ?? [];
}

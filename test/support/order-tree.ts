/** An order as an indented tree: under each id what comes right before it. What has been shown with all below it ends in `…`. */
export function orderTree(order: ReadonlyMap<string, readonly string[]>): string {
  const direct = new Map(
    [...order].map(([id, after]) => [id, after.filter((one) => !viaOthers(one, after, order))]),
  );
  const awaited = new Set([...direct.values()].flat());
  const shown = new Set<string>();
  const lines: string[] = [];
  const show = (id: string, depth: number) => {
    const before = direct.get(id) ?? [];
    const again = shown.has(id) && before.length > 0;
    lines.push(`${'  '.repeat(depth)}${id}${again ? ' …' : ''}`);
    if (again) return;
    shown.add(id);
    for (const one of before) show(one, depth + 1);
  };
  for (const id of [...order.keys()].sort()) if (!awaited.has(id)) show(id, 0);
  return `${lines.join('\n')}\n`;
}

function viaOthers(
  id: string,
  after: readonly string[],
  order: ReadonlyMap<string, readonly string[]>,
): boolean {
  return after.some((other) => other !== id && comesBefore(id, other, order));
}

/** Whether an id comes before another, directly or by others between them. */
export function comesBefore(
  first: string,
  id: string,
  order: ReadonlyMap<string, readonly string[]>,
): boolean {
  const seen = new Set<string>();
  const visit = (at: string): boolean =>
    (order.get(at) ?? []).some((one) => {
      if (one === first) return true;
      if (seen.has(one)) return false;
      seen.add(one);
      return visit(one);
    });
  return visit(id);
}

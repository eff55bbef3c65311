/** One thing to be put in order. */
export interface Orderable {
  id: string;
  /** By its nature: what it follows is lower. */
  level: number;
  /** Ids that come first whatever their level. */
  needs: readonly string[];
  /** Ids that come first where they are lower, also after what they need has raised them. */
  follows: readonly string[];
}

/**
 * For each id those that come first, sorted. It never has a circle: `needs` alone must have none (see `circleIn`), and what they raise
 * above its own followers is not followed any more. Ids that are not among the items are left out.
 */
export function dependencyOrder(items: readonly Orderable[]): Map<string, string[]> {
  const level = raisedLevels(items);
  return new Map(
    items.map(({ id, needs, follows }) => {
      const lower = follows.filter((other) => level.has(other) && level.get(other)! < level.get(id)!);
      const needed = needs.filter((other) => level.has(other) && other !== id);
      return [id, [...new Set([...needed, ...lower])].sort()];
    }),
  );
}

/** The level of each: its own, or the highest of what it needs. */
export function raisedLevels(items: readonly Omit<Orderable, 'follows'>[]): Map<string, number> {
  const byId = new Map(items.map((item) => [item.id, item]));
  const levels = new Map<string, number>();
  const levelOf = (item: Omit<Orderable, 'follows'>): number => {
    const known = levels.get(item.id);
    if (known !== undefined) return known;
    levels.set(item.id, item.level);
    const needed = item.needs.flatMap((id) => byId.get(id) ?? []);
    const level = Math.max(item.level, ...needed.map(levelOf));
    levels.set(item.id, level);
    return level;
  };
  for (const item of items) levelOf(item);
  return levels;
}

/** Ids that need each other in a circle, each the next one, the last the first; undefined when there is none. */
export function circleIn(items: readonly Pick<Orderable, 'id' | 'needs'>[]): string[] | undefined {
  const needs = new Map(items.map((item) => [item.id, item.needs]));
  const done = new Set<string>();
  const visit = (id: string, trail: readonly string[]): string[] | undefined => {
    const start = trail.indexOf(id);
    if (start >= 0) return trail.slice(start);
    if (done.has(id)) return undefined;
    for (const needed of [...(needs.get(id) ?? [])].sort()) {
      const circle = visit(needed, [...trail, id]);
      if (circle) return circle;
    }
    done.add(id);
    return undefined;
  };
  for (const id of [...needs.keys()].sort()) {
    const circle = visit(id, []);
    if (circle) return circle;
  }
  return undefined;
}

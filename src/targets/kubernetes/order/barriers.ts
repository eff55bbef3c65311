/** One group that comes as a whole before another. */
export interface Barrier {
  before: readonly string[];
  after: readonly string[];
}

/** Above this number one of the first group stands for all of it, so that large plans stay small. */
const mostEdges = 4000;

/**
 * The barrier as pairs of ids. With many, the last of `before` waits for the others and is waited for; `standIn` is told, since it has to
 * rise above them.
 */
export function barrierEdges(
  { before, after }: Barrier,
  mayStandIn: (id: string) => boolean,
): { edges: [id: string, first: readonly string[]][]; standIn?: string } {
  const standIn =
    before.length * after.length > mostEdges ? before.filter(mayStandIn).sort().at(-1) : undefined;
  if (standIn === undefined) return { edges: after.map((id) => [id, before]) };
  const others = before.filter((id) => id !== standIn);
  return { edges: [[standIn, others], ...after.map((id): [string, string[]] => [id, [standIn]])], standIn };
}

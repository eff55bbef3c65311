import type { Change, Plan } from '../core/change.ts';

export interface ExcessiveRemoval {
  service: string;
  removed: readonly string[];
  /** How many resources of the service there are. */
  of: number;
}

/** As many as a change of manifests takes away now and then. */
const handful = 3;

/**
 * A service that would lose more than half of what it has, and more than a handful: a renderer that failed silently looks the same.
 * What is replaced by something new does not count as lost.
 */
export function excessiveRemoval({ changes }: Plan): ExcessiveRemoval | undefined {
  const services = new Set(changes.flatMap(({ service }) => service ?? []));
  for (const service of [...services].sort()) {
    const existing = changes.filter((change) => change.service === service && change.action !== 'create');
    const removed = existing.filter(isLoss).map(({ id }) => id);
    if (removed.length > handful && removed.length > existing.length / 2)
      return { service, removed, of: existing.length };
  }
  return undefined;
}

function isLoss({ action, successor }: Change): boolean {
  return action === 'remove' && successor === undefined;
}

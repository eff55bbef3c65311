import { isSound } from '../../../core/release.ts';
import { isForbidden } from '../api/api-error.ts';
import type { Cluster } from '../cluster.ts';
import type { Member } from '../record/app-record.ts';
import { readHeads } from './release-secrets.ts';

/**
 * Tells the ConfigMaps and Secrets that a kept release needs, named after their content: pods of that release may still run, or be
 * started again, and must find what they were made for.
 */
export async function heldVersions(
  cluster: Pick<Cluster, 'api' | 'scope' | 'namespace'>,
): Promise<(member: Pick<Member, 'kind' | 'name'>) => boolean> {
  try {
    const heads = await readHeads(cluster);
    if (!heads.every(isSound)) return maybeHeld;
    const held = new Set(heads.flatMap(({ versioned }) => versioned));
    return ({ kind, name }) => held.has(`${kind}/${name}`);
  } catch (error) {
    if (isForbidden(error)) return maybeHeld;
    throw error;
  }
}

/** Who cannot read the whole history takes away nothing that may be part of it. */
function maybeHeld({ name }: Pick<Member, 'name'>): boolean {
  return /-[0-9a-f]{10}$/.test(name);
}

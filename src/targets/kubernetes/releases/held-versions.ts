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
    const held = new Set((await readHeads(cluster)).flatMap(({ versioned }) => versioned));
    return ({ kind, name }) => held.has(`${kind}/${name}`);
  } catch (error) {
    // Who may not read the history takes away nothing that may be part of it.
    if (isForbidden(error)) return ({ name }) => /-[0-9a-f]{10}$/.test(name);
    throw error;
  }
}

import type { Change } from '../../../core/change.ts';
import { ExpectedError } from '../../../core/errors.ts';
import { pathOf } from '../api/discovery.ts';
import { type Cluster, getObject } from '../cluster.ts';
import type { Allowed } from '../plan/allowed.ts';
import type { DesiredObject } from '../plan/desired-objects.ts';
import { type Planning, planDeploy } from '../plan/plan-deploy.ts';
import { type Leftover, leftBehind, removalsOf } from './left-behind.ts';
import type { StoredObject } from './release-content.ts';
import type { Releases } from './releases.ts';
import type { StoredRelease } from './stored-release.ts';
import { withPods } from './with-pods.ts';

/** The changes that give the app what a release gave it, and remove what only others did. */
export async function planRollback(
  to: number,
  releases: Pick<Releases, 'list' | 'content'>,
  cluster: Cluster,
  planning: Planning,
): Promise<Change[]> {
  const all = await releases.list();
  const release = all.find(({ number }) => number === to);
  if (!release) throw new Error(`release ${to} is not there`);
  const { services, objects } = await releases.content(release);
  const wanted = { services, objects: async () => objects.map((one) => asDesired(one, to)) };
  const allowed = allowedFor(objects, planning.allowed);
  const applied = await planDeploy(wanted, cluster, { ...planning, allowed });
  const others = await Promise.all(
    all.filter(({ number }) => number !== to).map((other) => readable(other, releases)),
  );
  const leftovers = await present(leftBehind(others.flat(), objects), cluster);
  return [...applied, ...removalsOf(leftovers, applied, heldVersions(all), cluster)];
}

/** What was agreed to for a deploy holds for its way back, as far as the release has it. */
function allowedFor(objects: readonly StoredObject[], allowed: Allowed): Allowed {
  const ids = objects.map(({ object }) => `${object.kind}/${object.metadata.name}`.toLowerCase());
  const there = (names: readonly string[]) => names.filter((name) => ids.includes(name.toLowerCase()));
  return { ...allowed, forceConflicts: there(allowed.forceConflicts), replace: there(allowed.replace) };
}

/**
 * `Kind/name` of ConfigMaps and Secrets that a kept release needs, named after their content: pods of that release may still run, or be
 * started again, and must find what they were made for.
 */
function heldVersions(releases: readonly StoredRelease[]): Set<string> {
  return new Set(releases.flatMap(({ versioned }) => versioned));
}

function asDesired({ service, at, object }: StoredObject, number: number): DesiredObject {
  const [, file = at, line = '1'] = /^(.*):(\d+)$/.exec(at) ?? [];
  return { service, object, file: `release ${number}, ${file}`, line: Number(line) };
}

/** One damaged release must not be in the way of another: what only it knows of stays. */
async function readable(release: StoredRelease, releases: Pick<Releases, 'content'>) {
  try {
    return (await releases.content(release)).objects;
  } catch (error) {
    if (error instanceof ExpectedError && error.explanation.code === 'E_RELEASE_DAMAGED') return [];
    throw error;
  }
}

async function present(objects: readonly StoredObject[], cluster: Cluster): Promise<Leftover[]> {
  const kinds = await cluster.kinds();
  const found = await Promise.all(
    objects.map(async ({ service, object }): Promise<Leftover[]> => {
      const resource = kinds.find(object);
      if (!resource) return [];
      const { name, namespace } = object.metadata;
      const path = pathOf(resource, namespace, name);
      const live = await getObject(cluster, path);
      return live ? [{ service, live, path }] : [];
    }),
  );
  return withPods(found.flat(), cluster);
}

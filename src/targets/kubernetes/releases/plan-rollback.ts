import type { Change } from '../../../core/change.ts';
import { isSound } from '../../../core/release.ts';
import type { Cluster } from '../cluster.ts';
import type { Allowed } from '../plan/allowed.ts';
import type { DesiredObject } from '../plan/desired-objects.ts';
import { type Planning, planDeploy } from '../plan/plan-deploy.ts';
import type { StoredObject } from './release-content.ts';
import type { Releases } from './releases.ts';

/** The changes that give the app what a release gave it, and remove all else of it. */
export async function planRollback(
  to: number,
  releases: Pick<Releases, 'list' | 'content'>,
  cluster: Cluster,
  planning: Planning,
): Promise<readonly Change[]> {
  const release = (await releases.list()).find(({ number }) => number === to);
  if (!release || !isSound(release)) throw new Error(`release ${to} is not there`);
  const { services, objects } = await releases.content(release);
  const wanted = {
    services,
    objects: async () => objects.map((one) => asDesired(one, to)),
    alone: 'not in that release',
  };
  const allowed = allowedFor(objects, planning.allowed);
  // Data goes only with what somebody took out of the manifests.
  return planDeploy(wanted, cluster, { ...planning, allowed, pruneKinds: [] });
}

/** What was agreed to for a deploy holds for its way back, as far as the release has it. */
function allowedFor(objects: readonly StoredObject[], allowed: Allowed): Allowed {
  const ids = objects.map(({ object }) => `${object.kind}/${object.metadata.name}`.toLowerCase());
  const there = (names: readonly string[]) => names.filter((name) => ids.includes(name.toLowerCase()));
  return { ...allowed, forceConflicts: there(allowed.forceConflicts), replace: there(allowed.replace) };
}

function asDesired({ service, at, object }: StoredObject, number: number): DesiredObject {
  const [, file = at, line = '1'] = /^(.*):(\d+)$/.exec(at) ?? [];
  return { service, object, file: `release ${number}, ${file}`, line: Number(line) };
}

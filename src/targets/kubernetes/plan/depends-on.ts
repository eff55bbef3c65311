import { badManifests } from '../../../core/bad-manifests.ts';
import { apiGroup, type KubernetesObject, manifestAt } from '../../../core/kubernetes-object.ts';
import { labels } from '../../../core/labels.ts';
import { nearest } from '../../../core/suggest.ts';
import { pathOf } from '../api/discovery.ts';
import { type Cluster, getObject } from '../cluster.ts';
import type { PlacedObject } from './placed-objects.ts';

interface Identified {
  id: string;
  desired: PlacedObject;
}

/**
 * For each id those that its object says it depends on. What is not in the plan must be in the cluster already: it may be another service's.
 * Throws E_MANIFEST (3) with every one that is nowhere.
 */
export async function dependsOn(
  objects: readonly Identified[],
  cluster: Cluster,
): Promise<Map<string, string[]>> {
  const byName = namesOf(objects.map(({ id, desired }) => ({ id, object: desired.object })));
  const problems: string[] = [];
  const needs = new Map<string, string[]>();
  for (const { id, desired } of objects) {
    for (const wanted of wantedBy(desired.object)) {
      const found = byName.get(wanted);
      if (found) needs.set(id, [...(needs.get(id) ?? []), ...found]);
      else if (!reference.test(wanted))
        problems.push(`${manifestAt(desired)} depends on "${wanted}"; expected Kind/name, several by commas`);
      else if (!(await isLive(wanted, cluster)))
        problems.push(`${manifestAt(desired)} depends on ${wanted}, ${nowhere(wanted, [...byName.keys()])}`);
    }
  }
  if (problems.length > 0) throw badManifests(problems);
  return needs;
}

/** The same among objects that are live, by their metadata; what they name and is not among them is left out. */
export function dependsAmong(
  objects: readonly { id: string; object: KubernetesObject }[],
): Map<string, string[]> {
  const byName = namesOf(objects);
  return new Map(
    objects.map(({ id, object }) => [id, wantedBy(object).flatMap((name) => byName.get(name) ?? [])]),
  );
}

const reference = /^[A-Z]\w*(\.[a-z0-9.-]+)?\/\S+$/;

function wantedBy({ metadata }: KubernetesObject): string[] {
  const text = metadata.annotations?.[labels.dependsOn] ?? '';
  return text.split(',').flatMap((one) => one.trim() || []);
}

/** Ids by what an annotation may call them: with the group or without, and versioned ones as they are written. */
function namesOf(objects: readonly { id: string; object: KubernetesObject }[]): Map<string, string[]> {
  const names = new Map<string, string[]>();
  for (const { id, object } of objects) {
    const { kind, metadata } = object;
    const group = apiGroup(object);
    const versioned =
      (metadata.annotations?.[labels.versioned] ?? metadata.labels?.[labels.versioned]) === 'true';
    const written = versioned ? [metadata.name.replace(/-[0-9a-f]{10}$/, '')] : [];
    for (const name of [metadata.name, ...written])
      for (const text of new Set([`${kind}/${name}`, ...(group ? [`${kind}.${group}/${name}`] : [])]))
        names.set(text, [...(names.get(text) ?? []), id]);
  }
  return names;
}

async function isLive(wanted: string, cluster: Cluster): Promise<boolean> {
  const [, kind, group, name] = /^([^./]+)(?:\.([^/]+))?\/(.+)$/.exec(wanted)!;
  const kinds = (await cluster.kinds()).preferred.filter(
    (resource) => resource.kind === kind && (group === undefined || resource.group === group),
  );
  const live = await Promise.all(
    kinds.map((resource) => getObject(cluster, pathOf(resource, cluster.namespace, name))),
  );
  return live.some((object) => object !== undefined);
}

function nowhere(wanted: string, known: readonly string[]): string {
  const meant = nearest(wanted, known);
  return `which neither the manifests nor the cluster have${meant ? `; did you mean ${meant}?` : ''}`;
}

import { badManifests } from '../../../core/bad-manifests.ts';
import { ExpectedError } from '../../../core/errors.ts';
import {
  apiGroup,
  type KubernetesObject,
  manifestAt,
  type ObjectMeta,
} from '../../../core/kubernetes-object.ts';
import { labels } from '../../../core/labels.ts';
import { nearest } from '../../../core/suggest.ts';
import { type Discovery, pathOf, type Resource } from '../api/discovery.ts';
import type { Cluster } from '../cluster.ts';
import type { DesiredObject } from './desired-objects.ts';

/** An object with its address in the cluster. */
export interface PlacedObject extends DesiredObject {
  path: string;
  namespaced: boolean;
  /** Its kind is defined by a CustomResourceDefinition of the same plan, and not served yet. */
  awaitsKind: boolean;
}

/**
 * Finds where each object belongs; sorted, so that any order of the manifests leads to the same requests. Throws E_KIND_UNKNOWN (3), and
 * E_MANIFEST (3) for those of another namespace.
 */
export async function placedObjects(
  objects: readonly DesiredObject[],
  cluster: Cluster,
): Promise<PlacedObject[]> {
  const { namespace } = cluster;
  const definitions = objects.flatMap(({ object }) => definedResources(object));
  let kinds = await cluster.kinds();
  const isKnown = (object: KubernetesObject) =>
    kinds.find(object) ??
    definitions.find(({ apiVersion, kind }) => apiVersion === object.apiVersion && kind === object.kind);
  if (!objects.every(({ object }) => kinds.find(object))) kinds = await cluster.kinds('again');
  const unknown = objects.filter(({ object }) => !isKnown(object));
  if (unknown.length > 0) throw unknownKinds(unknown, kinds, cluster);

  const strangers = new Set<string>();
  const problems: string[] = [];
  const placed = objects.map((desired): PlacedObject => {
    const { object } = desired;
    const { namespaced, ...resource } = isKnown(object)!;
    const { namespace: written, ...metadata } = object.metadata;
    if (namespaced && written !== undefined && written !== namespace) {
      strangers.add(written);
      problems.push(`${manifestAt(desired)} is for namespace ${written}, this deploy is for ${namespace}`);
    }
    return {
      ...desired,
      object: {
        ...object,
        metadata: namespaced ? { ...metadata, namespace } : clusterWide(metadata, namespace),
      },
      path: pathOf({ ...resource, namespaced }, namespace, object.metadata.name),
      namespaced,
      awaitsKind: !kinds.find(object),
    };
  });
  if (problems.length > 0) throw badManifests(problems, namespaceHints([...strangers]));
  return placed.sort((a, b) => (sortKey(a) < sortKey(b) ? -1 : 1));
}

function sortKey({ object, service }: PlacedObject): string {
  return [object.kind, object.metadata.name, object.apiVersion, service].join('\n');
}

/** Nothing outside the named namespace is touched, so that removing one app can never take another's. */
function namespaceHints(strangers: readonly string[]): string[] {
  const own = strangers.length === 1 ? `-n ${strangers[0]}` : 'the namespace of each';
  return [
    'leave metadata.namespace out, so that the objects go where the deploy goes',
    `or deploy those as an app of their own: --manifests <folder> --app <name> ${own}`,
  ];
}

/** Two installations of one app and environment, each in its namespace, must not take each other's for their own. */
function clusterWide(metadata: ObjectMeta, namespace: string): ObjectMeta {
  return { ...metadata, labels: { ...metadata.labels, [labels.namespace]: namespace } };
}

/** The resources that a CustomResourceDefinition brings. */
function definedResources({ apiVersion, kind, spec }: KubernetesObject): Resource[] {
  if (apiGroup({ apiVersion }) !== 'apiextensions.k8s.io' || kind !== 'CustomResourceDefinition') return [];
  const {
    group = '',
    names = {},
    scope,
    versions = [],
  } = (spec ?? {}) as {
    group?: string;
    names?: { kind?: string; plural?: string };
    scope?: string;
    versions?: { name: string }[];
  };
  return versions.map(({ name }) => ({
    apiVersion: `${group}/${name}`,
    group,
    kind: names.kind ?? '',
    name: names.plural ?? '',
    namespaced: scope === 'Namespaced',
    verbs: [],
  }));
}

function unknownKinds(
  objects: readonly DesiredObject[],
  kinds: Discovery,
  { context, kubectl }: Cluster,
): ExpectedError {
  const first = objects[0]!;
  const { apiVersion, kind } = first.object;
  return new ExpectedError({
    code: 'E_KIND_UNKNOWN',
    exit: 'validation',
    message: `the cluster of context ${context} has no ${kind} in ${apiVersion}`,
    where: manifestAt(first),
    why: objects.map((desired) => `${manifestAt(desired)}: ${whatThereIs(desired.object, kinds)}`),
    hints: [kubectl('api-resources')],
  });
}

function whatThereIs({ apiVersion, kind }: KubernetesObject, { preferred }: Discovery): string {
  const same = preferred.filter((resource) => resource.kind === kind).map((resource) => resource.apiVersion);
  if (same.length > 0) return `the cluster has ${kind} in ${same.join(', ')}, not in ${apiVersion}`;
  const near = nearest(
    kind,
    preferred.map((resource) => resource.kind),
  );
  const meant = near ? `; did you mean ${near}?` : '';
  return `neither the cluster nor a CustomResourceDefinition of the manifests defines ${kind} in ${apiVersion}${meant}`;
}

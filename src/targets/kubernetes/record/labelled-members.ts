import { badManifests } from '../../../core/bad-manifests.ts';
import { type KubernetesObject, manifestAt } from '../../../core/kubernetes-object.ts';
import { labels } from '../../../core/labels.ts';
import type { Cluster } from '../cluster.ts';
import type { PlacedObject } from '../plan/placed-objects.ts';
import { parsePieceName } from '../releases/piece-names.ts';
import { recordPlace } from './app-record.ts';
import { applySet } from './apply-set.ts';

/** By these we know later what is ours. */
const reserved = [applySet.partOf, applySet.id, labels.release, labels.part, labels.run];

/** Objects with the label that makes them members of the app's set. Throws E_MANIFEST (3) for those that bear one already, or that pass for the record or a release. */
export function labelledMembers(
  placed: readonly PlacedObject[],
  cluster: Pick<Cluster, 'scope' | 'namespace'>,
): PlacedObject[] {
  const { setId, path } = recordPlace(cluster);
  const problems = placed.flatMap((one) => {
    const own = one.object.metadata.labels ?? {};
    const taken = reserved.find((label) => own[label] !== undefined);
    if (taken) return [`${manifestAt(one)} has the label ${taken}, which cloudnative sets`];
    if (one.object.kind === 'Secret' && parsePieceName(one.object.metadata.name, cluster))
      return [`${manifestAt(one)} has the name of a release`];
    return one.path === path ? [`${manifestAt(one)} has the name of the record of what is deployed`] : [];
  });
  if (problems.length > 0) throw badManifests(problems);
  return placed.map((one) => {
    const { metadata } = one.object;
    const labelled = { ...metadata.labels, [applySet.partOf]: setId };
    return { ...one, object: { ...one.object, metadata: { ...metadata, labels: labelled } } };
  });
}

/** The object as its manifest had it. */
export function unlabelledMember(object: KubernetesObject): KubernetesObject {
  if (object.metadata.labels?.[applySet.partOf] === undefined) return object;
  const { [applySet.partOf]: _, ...rest } = object.metadata.labels;
  return { ...object, metadata: { ...object.metadata, labels: rest } };
}

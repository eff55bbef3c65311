import type { Change, Plan } from '../../../core/change.ts';
import { ExpectedError } from '../../../core/errors.ts';
import { apiGroup, type KubernetesObject, type ReadManifests } from '../../../core/kubernetes-object.ts';
import type { DesiredService } from '../../target.ts';
import { type Cluster, getObject } from '../cluster.ts';
import { homeOf, namespacePath } from '../home.ts';
import type { ApplyStep } from '../step.ts';
import { dependsOn } from './depends-on.ts';
import { desiredObjects } from './desired-objects.ts';
import { orderOf } from './order.ts';
import { type PlacedObject, placedObjects } from './placed-objects.ts';
import { plannedCreation, planObject } from './plan-object.ts';
import { type Refusal, refusalError } from './refusals.ts';
import { staged } from './stages.ts';

export interface DeploySources {
  readManifests: ReadManifests;
  /** Prefix of pushed images. */
  registry?: string;
}

/** The changes that would make the cluster's objects equal to the services' manifests. Throws with all that stands in the way. */
export async function planDeploy(
  desired: readonly DesiredService[],
  cluster: Cluster,
  sources: DeploySources,
): Promise<Plan['changes']> {
  const [objects, home] = await Promise.all([
    desiredObjects(desired, cluster, sources),
    homeOf(cluster),
    cluster.kinds(),
  ]);
  if (home === 'going') throw namespaceGoing(cluster);
  const placed = await placedObjects(objects, cluster);
  const ids = uniqueIds(placed);
  const identified = placed.map((desired, index) => ({ id: ids[index]!, desired }));
  const services = desired.map(({ service }) => service);
  const order = orderOf(identified, services, await dependsOn(identified, cluster));
  const all = placed.map(({ object }) => object);
  const first = await Promise.all(
    placed.map(async (one, index) => {
      // A definition that has just been made may be served before the server lists its kind.
      const unseen =
        (one.namespaced && home === 'missing') || (one.awaitsKind && !(await getObject(cluster, one.path)));
      return unseen
        ? { change: plannedCreation(one, ids[index]!) }
        : planObject(one, ids[index]!, all, cluster);
    }),
  );
  const planned = await staged(first, identified, cluster, { missing: home === 'missing' });
  const refusals = planned.flatMap((one): Refusal[] => ('refused' in one ? [one.refused] : []));
  if (refusals.length > 0) throw refusalError(refusals);

  const own = ids.includes(`Namespace/${cluster.namespace}`);
  const homeChange = home === 'missing' && !own ? [namespaceCreation(cluster)] : [];
  const changes = planned.map((one): Change => {
    const { change } = one as { change: Omit<Change, 'after'> };
    return { ...change, after: [...homeChange.map(({ id }) => id), ...order.get(change.id)!] };
  });
  return [...homeChange, ...changes.sort((a, b) => (a.id < b.id ? -1 : 1))];
}

/** `Kind/name`; with the kind's group where two kinds share their name. */
function uniqueIds(placed: readonly PlacedObject[]): string[] {
  const short = ({ object }: PlacedObject) => `${object.kind}/${object.metadata.name}`;
  const all = placed.map(short);
  return placed.map((one) => {
    const id = short(one);
    const shared = all.filter((other) => other === id).length > 1;
    return shared && apiGroup(one.object)
      ? `${one.object.kind}.${apiGroup(one.object)}/${one.object.metadata.name}`
      : id;
  });
}

/** Nothing else is restricted for the owner of a namespace, so a new one starts safe. */
function namespaceCreation({ namespace }: Cluster): Change {
  const object: KubernetesObject = {
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: {
      name: namespace,
      labels: {
        'app.kubernetes.io/managed-by': 'cloudnative',
        'pod-security.kubernetes.io/enforce': 'restricted',
      },
    },
  };
  const step: ApplyStep = {
    do: 'apply',
    path: namespacePath(namespace),
    object,
    force: false,
    keepsReplicas: false,
  };
  const note = 'new, with Pod Security restricted';
  return { id: `Namespace/${namespace}`, action: 'create', fields: [], note, after: [], desired: step };
}

function namespaceGoing({ namespace, context }: Cluster): ExpectedError {
  return new ExpectedError({
    code: 'E_TERMINATING',
    exit: 'conflict',
    message: `namespace ${namespace} is still being removed`,
    where: `context ${context}`,
    hints: ['wait until it is gone, then repeat the command'],
  });
}

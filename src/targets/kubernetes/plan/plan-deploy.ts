import type { Change, Plan } from '../../../core/change.ts';
import { ExpectedError } from '../../../core/errors.ts';
import { apiGroup, type KubernetesObject, type ReadManifests } from '../../../core/kubernetes-object.ts';
import { podSpecOf } from '../../../manifests/pod-specs.ts';
import type { PullSecret } from '../../../manifests/pull-secret.ts';
import type { DesiredService } from '../../target.ts';
import type { Cluster } from '../cluster.ts';
import { homeOf, namespacePath } from '../home.ts';
import type { ApplyStep } from '../step.ts';
import { type Allowed, assertKnown } from './allowed.ts';
import { dependsOn } from './depends-on.ts';
import { desiredObjects } from './desired-objects.ts';
import { foundObjects } from './found-objects.ts';
import { orderOf } from './order.ts';
import { type PlacedObject, placedObjects } from './placed-objects.ts';
import { type Planned, plannedCreation, planObject } from './plan-object.ts';
import {
  desiredPullSecret,
  keepReferences,
  keptPullSecret,
  type PullSecretOptions,
  type PullSecretState,
  pullSecretName,
  pullSecretState,
} from './pull-secret.ts';
import { type Refusal, refusalError } from './refusals.ts';
import { scalersOf } from './replicas.ts';
import { staged } from './stages.ts';

export interface DeploySources {
  readManifests: ReadManifests;
  /** Prefix of pushed images. */
  registry?: string;
  allowed: Allowed;
  /** Answers of the server to earlier plans. */
  known: Map<string, Planned>;
  /** Gets the live objects, by change. */
  seen: Map<string, KubernetesObject>;
  /** How nodes may log in to that registry. */
  pullSecret?: PullSecretOptions;
}

/** The changes that would make the cluster's objects equal to the services' manifests. Throws with all that stands in the way. */
export async function planDeploy(
  desired: readonly DesiredService[],
  cluster: Cluster,
  sources: DeploySources,
): Promise<Plan['changes']> {
  const pull = pullSecretState(cluster, sources.pullSecret);
  const [objects, pullSecret, home] = await Promise.all([
    desiredObjects(desired, cluster, { ...sources, pullSecret: pull.then(reference) }),
    sources.pullSecret ? desiredPullSecret(cluster, sources.pullSecret) : [],
    homeOf(cluster),
    cluster.kinds(),
  ]);
  if (home === 'going') throw namespaceGoing(cluster);
  let placed = await placedObjects([...objects, ...pullSecret], cluster);
  if ((await pull) === 'unknown') placed = await keepReferences(placed, cluster);
  const ids = uniqueIds(placed);
  const isReachable = (one: PlacedObject) => !(one.namespaced && home === 'missing');
  const live = new Map<PlacedObject, KubernetesObject | undefined>();
  const reachable = placed.filter(isReachable);
  for (const [index, object] of (await foundObjects(reachable, cluster)).entries())
    live.set(reachable[index]!, object);
  const { allowed, known, seen } = sources;
  assertKnown([...allowed.forceConflicts, ...allowed.replace], ids);
  const scalers = scalersOf(
    objects.map(({ object }) => object),
    cluster,
  );
  const identified = placed.map((desired, index) => ({ id: ids[index]!, desired }));
  const services = desired.map(({ service }) => service);
  const order = orderOf(identified, services, await dependsOn(identified, cluster));
  const first = await Promise.all(
    placed.map(async (one, index) => {
      if (live.get(one)) seen.set(ids[index]!, live.get(one)!);
      // A definition that has just been made may be served before the server lists its kind.
      const found = live.get(one);
      const unseen = !isReachable(one) || (one.awaitsKind && !found);
      return unseen
        ? { change: plannedCreation(one, ids[index]!) }
        : planObject(one, ids[index]!, { cluster, allowed, known, scalers, live: found });
    }),
  );
  const planned = await staged(first, identified, cluster, { missing: home === 'missing' });
  const refusals = planned.flatMap((one): Refusal[] => ('refused' in one ? [one.refused] : []));
  if (refusals.length > 0) throw refusalError(refusals);

  const own = ids.includes(`Namespace/${cluster.namespace}`);
  const homeChange = home === 'missing' && !own ? [namespaceCreation(cluster)] : [];
  const secretIds = ids.filter((_, index) => placed[index]!.service === '');
  const changes = planned.map((one, index): Change => {
    const { service, ...change } = (one as { change: Omit<Change, 'after'> }).change;
    const pulls = podSpecOf(placed[index]!.object) ? secretIds : [];
    const after = [...homeChange.map(({ id }) => id), ...pulls, ...order.get(change.id)!];
    return { ...change, ...(service ? { service } : {}), after };
  });
  if ((await pull) === 'there') changes.push(keptPullSecret(cluster));
  return [...homeChange, ...changes.sort((a, b) => (a.id < b.id ? -1 : 1))];

  function reference(state: PullSecretState): PullSecret | undefined {
    if (state !== 'wanted' && state !== 'there') return undefined;
    return { name: pullSecretName(cluster), host: sources.pullSecret!.host };
  }
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

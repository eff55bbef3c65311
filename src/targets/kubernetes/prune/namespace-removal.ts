import type { Change } from '../../../core/change.ts';
import { ExpectedError } from '../../../core/errors.ts';
import { type Cluster, getObject } from '../cluster.ts';
import { namespacePath } from '../home.ts';
import type { Member } from '../record/app-record.ts';
import { type RemoveStep, stepOf } from '../step.ts';
import { keepMark } from './as-recorded.ts';
import { othersIn } from './namespace-contents.ts';

/**
 * A removal of the whole app, whose `members` are known, with that of its namespace at the end. Throws E_KEPT (5) when anything in it would
 * be lost unasked.
 */
export async function withNamespace(
  changes: readonly Change[],
  members: readonly Member[],
  cluster: Cluster,
): Promise<Change[]> {
  const { namespace } = cluster;
  const home = await getObject(cluster, namespacePath(namespace));
  if (!home) return [...changes];
  const id = `Namespace/${namespace}`;
  // Where the manifests had it, it is here already, as one of those that stay.
  const rest = changes
    .filter((change) => change.id !== id)
    .map((change) => ({ ...change, after: change.after.filter((earlier) => earlier !== id) }));
  const keep = keepMark(home);
  const kept = [
    ...rest.filter(({ unwanted }) => unwanted),
    ...(keep ? [{ id, note: `kept: ${keep} says so` }] : []),
  ];
  const gone = rest.flatMap((change) => {
    const step = stepOf(change);
    return step.do === 'remove' ? step.uid : [];
  });
  const own = new Set([...gone, ...members.flatMap(({ uid }) => uid ?? [])]);
  const others = await othersIn(namespace, { own, gone: new Set() }, cluster);
  if (kept.length > 0 || others) throw holdsMore(kept, others, cluster);
  const desired: RemoveStep = {
    do: 'remove',
    path: namespacePath(namespace),
    uid: String(home.metadata.uid),
    place: { name: namespace, gone },
  };
  const last: Change = { id, action: 'remove', fields: [], after: rest.map((one) => one.id), desired };
  return [...rest, last];
}

export function holdsMore(
  kept: readonly Pick<Change, 'id' | 'note'>[],
  others: string | undefined,
  { namespace, context }: Cluster,
): ExpectedError {
  return new ExpectedError({
    code: 'E_KEPT',
    exit: 'conflict',
    message: `namespace ${namespace} holds more than what would be removed`,
    where: `context ${context}`,
    why: [
      ...kept.map(({ id, note }) => `${id}  ${note}`),
      ...(others ? [`it holds ${others}, which this app did not deploy`] : []),
    ],
    hints: ['remove that first, or leave out --delete-namespace'],
  });
}

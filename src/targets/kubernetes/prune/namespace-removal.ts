import type { Change } from '../../../core/change.ts';
import { ExpectedError } from '../../../core/errors.ts';
import { type Cluster, getObject } from '../cluster.ts';
import { namespacePath } from '../home.ts';
import type { RemoveStep } from '../step.ts';
import { othersIn } from './namespace-contents.ts';

/** A removal of the whole app with that of its namespace at the end. Throws E_KEPT (5) when anything in it would be lost unasked. */
export async function withNamespace(changes: readonly Change[], cluster: Cluster): Promise<Change[]> {
  const { namespace } = cluster;
  const home = await getObject(cluster, namespacePath(namespace));
  if (!home) return [...changes];
  const id = `Namespace/${namespace}`;
  // Where the manifests had it, it is here already, as one of those that stay.
  const rest = changes
    .filter((change) => change.id !== id)
    .map((change) => ({ ...change, after: change.after.filter((earlier) => earlier !== id) }));
  const kept = rest.filter(({ unwanted }) => unwanted);
  const others = await othersIn(namespace, cluster);
  if (kept.length > 0 || others) throw holdsMore(kept, others, cluster);
  const desired: RemoveStep = {
    do: 'remove',
    path: namespacePath(namespace),
    uid: String(home.metadata.uid),
  };
  const last: Change = { id, action: 'remove', fields: [], after: rest.map((one) => one.id), desired };
  return [...rest, last];
}

function holdsMore(
  kept: readonly Change[],
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

import type { KubernetesObject } from '../../../core/kubernetes-object.ts';
import { type Outcome, prune } from '../../../plan/prune.ts';
import type { Cluster } from '../cluster.ts';
import type { RemoveStep } from '../step.ts';
import { asRecorded } from './as-recorded.ts';
import { othersIn } from './namespace-contents.ts';
import { holdsMore } from './namespace-removal.ts';

/** What becomes of the object of a planned removal as it is now. Whether its kind may go has been decided, and stays so. */
export function judgedAgain(
  { path, uid, judged }: RemoveStep,
  object: KubernetesObject | string,
  cluster: Pick<Cluster, 'scope' | 'namespace'>,
): Outcome {
  if (!judged) return { do: 'remove' };
  const found = { member: { ...judged.member, uid }, path, object };
  const recorded = asRecorded(found, new Set(judged.owners), cluster);
  return prune([recorded], { wanted: new Set(), occupied: new Set(), guarded: {}, named: [] })[0]!;
}

/**
 * Whether a namespace may still go, now that all that was to go before it has gone. Throws E_KEPT (5) for the app's own: that one goes only
 * where somebody has asked for just that.
 */
export async function judgedPlace(
  { name, gone }: NonNullable<RemoveStep['place']>,
  cluster: Cluster,
): Promise<Outcome> {
  const others = await othersIn(name, { own: new Set(), gone: new Set(gone) }, cluster);
  if (!others) return { do: 'remove' };
  if (name === cluster.namespace) throw holdsMore([], others, cluster);
  return { do: 'keep', note: `kept: it holds ${others}` };
}

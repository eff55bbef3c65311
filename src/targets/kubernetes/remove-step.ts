import { delay } from '../../core/duration.ts';
import type { KubernetesObject } from '../../core/kubernetes-object.ts';
import type { Outcome } from '../../plan/prune.ts';
import { ApiError, isNotFound } from './api/api-error.ts';
import { type Cluster, until } from './cluster.ts';
import { removalRefused } from './plan/refusals.ts';
import { readMetadata } from './prune/found-members.ts';
import { judgedAgain, judgedPlace } from './prune/judge-again.ts';
import type { RemoveStep } from './step.ts';

/** For two writers at once. */
const retries = 5;
/** Milliseconds. */
const pause = 300;
const removed: Outcome = { do: 'remove' };

/**
 * Asks for the removal of exactly the object that was planned; one that is gone, or another by now, is none of ours, and one that has
 * changed is judged anew. Returns what became of it. Throws E_REFUSED (1), and E_KEPT (5) for the app's namespace.
 */
export async function removeStep(
  step: RemoveStep,
  id: string,
  cluster: Cluster,
  signal: AbortSignal,
): Promise<Outcome> {
  const here = until(signal, cluster);
  const place = step.place && (await judgedPlace(step.place, here));
  if (place && place.do !== 'remove') return place;
  let version = step.judged?.version;
  for (let attempt = 1; ; attempt++) {
    const error = await requested(step, version, here);
    if (!error || isNotFound(error)) return removed;
    if (error.status !== 409 || attempt > retries) throw removalRefused(error, step.path, id);
    const now = await readMetadata(step.path, here);
    if (now === undefined || (typeof now === 'object' && isOver(now, step))) return removed;
    const outcome = judgedAgain(step, now, cluster);
    if (outcome.do !== 'remove') return outcome;
    const current = typeof now === 'object' ? String(now.metadata.resourceVersion) : undefined;
    if (current === version || version === undefined) await delay(pause, signal);
    else version = current;
  }
}

/** The refusal, if there is one. */
async function requested(
  { path, uid }: RemoveStep,
  resourceVersion: string | undefined,
  { api }: Pick<Cluster, 'api'>,
): Promise<ApiError | undefined> {
  const preconditions = { uid, resourceVersion };
  const body = { apiVersion: 'v1', kind: 'DeleteOptions', propagationPolicy: 'Background', preconditions };
  try {
    await api.request({ method: 'DELETE', path, body });
    return undefined;
  } catch (error) {
    if (error instanceof ApiError) return error;
    throw error;
  }
}

/** It is another by now, or someone has asked for its removal already. */
function isOver({ metadata }: KubernetesObject, { uid }: RemoveStep): boolean {
  return metadata.uid !== uid || metadata.deletionTimestamp !== undefined;
}

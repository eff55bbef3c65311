import type { Change, FieldChange } from '../../core/change.ts';
import { ExpectedError } from '../../core/errors.ts';
import type { KubernetesObject } from '../../core/kubernetes-object.ts';
import { ApiError } from './api/api-error.ts';
import { applyObject, type Cluster, getObject } from './cluster.ts';
import { isSurelyUnchanged } from './fields/unchanged.ts';
import { fieldsToChange } from './plan/preview.ts';
import type { ApplyStep } from './step.ts';
import { takeOver } from './take-over.ts';

type Reviewed = Pick<Change, 'id' | 'fields'>;

const attempts = 5;

/**
 * Applies an object as the plan saw it. One that was written to since then is looked at again: where a field would now change that
 * the plan does not show, this throws E_MOVED (5) and writes nothing.
 */
export async function reviewedApply(
  step: ApplyStep,
  object: KubernetesObject,
  change: Reviewed,
  cluster: Pick<Cluster, 'api'>,
  signal: AbortSignal,
): Promise<KubernetesObject> {
  const { path, force, takesOver, reviewed } = step;
  if (!reviewed) {
    if (takesOver) await takeOver(step, undefined, cluster, signal);
    return applyObject(cluster, path, object, { force, signal });
  }
  let version = reviewed.resourceVersion;
  for (let attempt = 1; ; attempt++) {
    try {
      const current = takesOver ? await takeOver(step, version, cluster, signal) : version;
      // With both, the server neither overwrites what it does not name nor makes an object anew.
      const metadata = { ...object.metadata, uid: reviewed.uid, resourceVersion: current };
      const pinned = { ...object, metadata };
      return await applyObject(cluster, path, pinned, { force, signal });
    } catch (error) {
      const moved = error instanceof ApiError && error.status === 409 && error.causes.length === 0;
      if (!moved || attempt === attempts) throw error;
      const live = await getObject(cluster, path, signal);
      if (live?.metadata.resourceVersion === version && live.metadata.uid === reviewed.uid) throw error;
      // An answer of ours that was lost on its way.
      if (live && isSurelyUnchanged(object, live)) return live;
      if (live?.metadata.uid !== reviewed.uid)
        throw movedError(change.id, [live ? 'it was removed and made anew' : 'it was removed']);
      const unseen = await unreviewed(step, object, live, change, cluster);
      if (unseen.length > 0) throw movedError(change.id, unseen);
      version = String(live.metadata.resourceVersion);
    }
  }
}

/** Lines about fields that would change and are not in the plan. */
async function unreviewed(
  { path, force }: ApplyStep,
  object: KubernetesObject,
  live: KubernetesObject,
  { fields }: Reviewed,
  cluster: Pick<Cluster, 'api'>,
): Promise<string[]> {
  const text = ({ path: at, before, after }: FieldChange) => JSON.stringify([at, before, after]);
  const seen = new Set(fields.map(text));
  const now = await fieldsToChange({ path, object, force }, live, cluster);
  return now
    .filter((field) => !seen.has(text(field)))
    .map(({ path: at, before }) => (before === undefined ? at : `${at} is ${before} now`));
}

function movedError(id: string, why: readonly string[]): ExpectedError {
  return new ExpectedError({
    code: 'E_MOVED',
    exit: 'conflict',
    message: `${id} has changed since it was planned`,
    where: id,
    why,
    hints: ['plan again, and look at what it shows'],
  });
}

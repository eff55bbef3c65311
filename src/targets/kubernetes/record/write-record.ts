import { delay } from '../../../core/duration.ts';
import { ExpectedError } from '../../../core/errors.ts';
import type { KubernetesObject } from '../../../core/kubernetes-object.ts';
import { ApiError, isNotFound } from '../api/api-error.ts';
import { type Cluster, getObject } from '../cluster.ts';
import type { RecordStep } from '../step.ts';
import { type Member, memberLines, recordObject, recordPlace } from './app-record.ts';
import { parseMembers } from './check-record.ts';

const attempts = 5;
/** Milliseconds, more with each attempt. */
const pause = 100;

/** What a run knows of the changes that it has carried out, by their ids. */
export interface CarriedOut {
  applied: ReadonlyMap<string, KubernetesObject>;
  removed: ReadonlySet<string>;
}

/**
 * Writes the record over the given version of it, or removes it when nothing is left; returns its new version. Throws E_CONFLICT (5)
 * when another run has written it meanwhile.
 */
export async function writeRecord(
  step: RecordStep,
  version: string | undefined,
  carriedOut: CarriedOut,
  cluster: Pick<Cluster, 'api' | 'scope' | 'namespace'>,
  signal: AbortSignal,
): Promise<string | undefined> {
  const members = membersNow(step, carriedOut);
  for (let attempt = 1; ; attempt++) {
    try {
      return await write(members, version, cluster, signal);
    } catch (error) {
      if (members.length === 0 && isNotFound(error)) return undefined;
      if (!(error instanceof ApiError) || error.status !== 409) throw error;
      const live = await getObject(cluster, recordPlace(cluster).path, signal);
      const written = live && parseMembers(live);
      // An answer may have been lost, and the repeated request refused: then it is written all the same.
      if (members.length > 0 && written && memberLines(written) === memberLines(members))
        return String(live.metadata.resourceVersion);
      // Nobody has written it: it was a quota that changed, or the like.
      if (attempt === attempts || live?.metadata.resourceVersion !== version) throw moved(cluster);
      await delay(pause * attempt, signal);
    }
  }
}

async function write(
  members: readonly Member[],
  version: string | undefined,
  cluster: Pick<Cluster, 'api' | 'scope' | 'namespace'>,
  signal: AbortSignal,
): Promise<string | undefined> {
  const { list, path } = recordPlace(cluster);
  const { api } = cluster;
  if (members.length === 0) {
    const preconditions = { resourceVersion: version };
    const options = { apiVersion: 'v1', kind: 'DeleteOptions', preconditions };
    if (version !== undefined) await api.request({ method: 'DELETE', path, body: options, signal });
    return undefined;
  }
  const query = { fieldManager: 'cloudnative' };
  const body = recordObject(members, cluster);
  // A merge leaves what others noted on it, such as a backup's labels.
  const { value } =
    version === undefined
      ? await api.request<KubernetesObject>({ method: 'POST', path: list, query, body, signal })
      : await api.request<KubernetesObject>({
          method: 'PATCH',
          path,
          query,
          contentType: 'application/merge-patch+json',
          body: { ...body, metadata: { ...body.metadata, resourceVersion: version } },
          signal,
        });
  return String(value.metadata.resourceVersion);
}

/** The planned members with the uids of what was made since, without what was removed. */
export function membersNow({ members }: RecordStep, { applied, removed }: CarriedOut): Member[] {
  return members.flatMap(({ applied: made, goesWith, ...member }) => {
    if (goesWith !== undefined && removed.has(goesWith)) return [];
    const uid = (made && applied.get(made)?.metadata.uid) ?? member.uid;
    return [uid === undefined ? member : { ...member, uid: String(uid) }];
  });
}

function moved({ scope, namespace }: Pick<Cluster, 'scope' | 'namespace'>): ExpectedError {
  return new ExpectedError({
    code: 'E_CONFLICT',
    exit: 'conflict',
    message: 'the record of what is deployed has changed since the plan was made',
    where: `ConfigMap/${recordPlace({ scope, namespace }).name} in namespace ${namespace}`,
    why: 'another run has deployed the same app',
    hints: ['repeat the command: it plans anew'],
  });
}

import { ExpectedError } from '../../../core/errors.ts';
import type { Cluster } from '../cluster.ts';
import { homeOf } from '../home.ts';
import { type AppRecord, readRecord } from '../record/app-record.ts';
import { hasReleases } from '../releases/release-pieces.ts';

/** What there is of an app besides its objects. */
export interface Whereabouts {
  /** Whether its namespace is there. */
  home: 'there' | 'missing';
  record: AppRecord | undefined;
  /** Without a record: whether it was deployed here all the same. */
  released: boolean;
}

/** Throws E_TERMINATING (5) where the namespace is going. */
export async function whereaboutsOf(cluster: Cluster): Promise<Whereabouts> {
  const [home, record] = await Promise.all([homeOf(cluster), readRecord(cluster)]);
  if (home === 'going') throw namespaceGoing(cluster);
  const released = !record && home === 'there' && (await hasReleases(cluster));
  return { home, record, released };
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

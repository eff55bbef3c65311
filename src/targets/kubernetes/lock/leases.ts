import type { KubernetesObject } from '../../../core/kubernetes-object.ts';
import { ApiError, isNotFound } from '../api/api-error.ts';
import { type Cluster, managedFieldsOf } from '../cluster.ts';

export type Lease = KubernetesObject & {
  spec: {
    holderIdentity?: string;
    leaseDurationSeconds?: number;
    acquireTime?: string;
    renewTime?: string;
    leaseTransitions?: number;
  };
};

export interface SeenLease {
  lease: Lease;
  /** Milliseconds since its last sign of life, both times by the server's clock; undefined when it does not tell. */
  silentFor?: number;
}

/** The one lease of an app and environment, as one holder deals with it. */
export interface Leases {
  holder: string;
  /** The collection that it is in, and its name there. */
  list: string;
  name: string;
  /** A new lease of ours, or the one that is there. */
  createOrSee(signal: AbortSignal): Promise<SeenLease>;
  /** The one that is there. */
  see(signal?: AbortSignal): Promise<SeenLease | undefined>;
  /** Makes a lease ours, or renews it; undefined when someone has written or removed it since. */
  claim(lease: Lease, signal: AbortSignal, changes?: Lease['spec']): Promise<Lease | undefined>;
  remove(lease: Lease, signal?: AbortSignal): Promise<void>;
}

/** What tells on the same machine whether the holder still lives. */
const processAnnotation = 'cloudnative.dev/process';

/** `duration` in seconds; `process` is what tells on this machine whether the holder still lives. */
export function leasesOf(
  { api, scope, namespace }: Pick<Cluster, 'api' | 'scope' | 'namespace'>,
  { holder, process }: { holder: string; process: string },
  duration: number,
): Leases {
  const list = `/apis/coordination.k8s.io/v1/namespaces/${encodeURIComponent(namespace)}/leases`;
  const name = leaseName(scope);
  const path = `${list}/${name}`;
  const see = async (signal?: AbortSignal): Promise<SeenLease | undefined> => {
    try {
      const { value, headers } = await api.request<Lease>({ path, signal });
      return { lease: value, silentFor: silence(value, headers.date) };
    } catch (error) {
      if (isNotFound(error)) return undefined;
      throw error;
    }
  };
  return {
    holder,
    list,
    name,
    see,
    async createOrSee(signal) {
      for (;;) {
        const time = now();
        const spec = {
          holderIdentity: holder,
          leaseDurationSeconds: duration,
          acquireTime: time,
          renewTime: time,
          leaseTransitions: 0,
        };
        const body = {
          apiVersion: 'coordination.k8s.io/v1',
          kind: 'Lease',
          metadata: { name, namespace, annotations: { [processAnnotation]: process } },
          spec,
        };
        try {
          return { lease: (await api.request<Lease>({ method: 'POST', path: list, body, signal })).value };
        } catch (error) {
          if (!(error instanceof ApiError) || error.status !== 409) throw error;
        }
        const seen = await see(signal);
        if (seen) return seen;
      }
    },
    async claim(lease, signal, changes = {}) {
      const spec = {
        ...lease.spec,
        ...changes,
        holderIdentity: holder,
        leaseDurationSeconds: duration,
        renewTime: now(),
      };
      const annotations = { ...lease.metadata.annotations, [processAnnotation]: process };
      const body = { ...lease, metadata: { ...lease.metadata, annotations }, spec };
      try {
        return (await api.request<Lease>({ method: 'PUT', path, body, signal })).value;
      } catch (error) {
        if (!(error instanceof ApiError) || (error.status !== 409 && error.status !== 404)) throw error;
        // An answer may have been lost, and the repeated request refused: then the lease is ours all the same.
        const seen = await see(signal);
        return seen?.lease.spec.holderIdentity === holder ? seen.lease : undefined;
      }
    },
    async remove({ metadata }, signal) {
      const preconditions = { uid: metadata.uid, resourceVersion: metadata.resourceVersion };
      await api.request({
        method: 'DELETE',
        path,
        body: { apiVersion: 'v1', kind: 'DeleteOptions', preconditions },
        signal,
      });
    },
  };
}

/** What the holder left to be known by on its own machine. */
export function processOf({ metadata }: Lease): string {
  return metadata.annotations?.[processAnnotation] ?? '';
}

/** Neither names of apps nor of environments hold dots, so that no two meet in one name. */
export function leaseName({ app, environment }: Cluster['scope']): string {
  return `cloudnative.${app}.${environment}`;
}

/** With microseconds, as the kind wants it. For people; whether a lease has run out is told by the server's own times. */
export function now(): string {
  return new Date().toISOString().replace('Z', '000Z');
}

function silence(lease: Lease, date: string | undefined): number | undefined {
  const written = Math.max(...managedFieldsOf(lease).map(({ time }) => Date.parse(time ?? '')));
  const read = Date.parse(date ?? '');
  return Number.isFinite(written) && Number.isFinite(read) ? read - written : undefined;
}

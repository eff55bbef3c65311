import { ExpectedError } from '../../../core/errors.ts';
import { whenAborted } from '../../../core/when-aborted.ts';
import { dial } from './dial.ts';
import type { Access } from './kubeconfig.ts';
import { LostError, type Transport, type WireRequest, type WireResponse } from './transport.ts';

/** One connection to the server, made when it is needed and made anew when it broke. */
export interface Link {
  access(): Promise<Access>;
  /** Begins the connection. What is wrong with it is told by the first request. */
  connect(): void;
  send(request: WireRequest): Promise<WireResponse>;
  /** Whether the server has ever answered. */
  answered(): boolean;
  /** Reads the access again after it was refused; false when that has just been done in vain. */
  renew(refused: Access): boolean;
  close(): void;
}

/** Milliseconds in which refused credentials are not read again. */
const renewal = 60_000;

/**
 * Throws E_OTHER_CLUSTER (5) for every request once the access that was read again is to another server. `stop` ends the wait for a first
 * connection; those after it may have to tidy up.
 */
export function createLink(
  context: string,
  readAccess: (signal: AbortSignal) => Promise<Access>,
  stop?: AbortSignal,
): Link {
  let first: Access | undefined;
  let known: Promise<Access> | undefined;
  let current: Access | undefined;
  let transport: Promise<Transport> | undefined;
  let answered = false;
  const closing = new AbortController();
  const beginning = new AbortController();
  const listenNoMore = stop && whenAborted(stop, () => beginning.abort());
  let renewedAt = Number.NEGATIVE_INFINITY;

  const access = async () => {
    known ??= readAccess(closing.signal).then((found) => {
      first ??= found;
      if (placeOf(found) !== placeOf(first)) throw otherCluster(context, first, found);
      return found;
    });
    current = await known;
    return current;
  };
  const drop = (broken: Promise<Transport>) => {
    if (transport === broken) transport = undefined;
    broken.then(
      (opened) => opened.close(),
      () => undefined,
    );
  };

  const open = () => {
    transport ??= access().then((found) => dial(found, (answered ? closing : beginning).signal));
    return transport;
  };

  return {
    access,
    connect: () => void open().catch(() => undefined),
    async send(request) {
      // A retry of what close cut off must not open a connection that nobody would close.
      if (closing.signal.aborted) throw new Error('the connection to the cluster was closed');
      const used = open();
      try {
        const response = await (await used).send(request);
        answered = true;
        return response;
      } catch (error) {
        // An aborted request leaves the connection as it was.
        if (error instanceof LostError || !request.signal?.aborted) drop(used);
        throw error;
      }
    },
    answered: () => answered,
    renew(refused) {
      if (current !== refused) return true;
      if (performance.now() - renewedAt < renewal) return false;
      renewedAt = performance.now();
      known = undefined;
      current = undefined;
      if (transport) drop(transport);
      return true;
    },
    close: () => {
      closing.abort();
      beginning.abort();
      listenNoMore?.();
      if (transport) drop(transport);
    },
  };
}

/** What tells one server from another: all but the credentials, which alone may be renewed. */
function placeOf({ server, tls: { ca, servername, rejectUnauthorized } }: Access): string {
  return JSON.stringify([server.href, ca?.toString(), servername, rejectUnauthorized ?? true]);
}

function otherCluster(context: string, first: Access, found: Access): ExpectedError {
  const moved = first.server.href !== found.server.href;
  return new ExpectedError({
    code: 'E_OTHER_CLUSTER',
    exit: 'conflict',
    message: `context ${context} points to another server now`,
    where: 'kubeconfig, read again after the credentials were refused',
    why: moved
      ? `it was ${first.server.href}, and is ${found.server.href} now`
      : `${first.server.origin} is to be known by another certificate authority now`,
    hints: [
      'see what has been done so far: cloudnative status',
      'repeat the command for the cluster that is meant',
    ],
  });
}

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

export function createLink(readAccess: () => Promise<Access>): Link {
  let known: Promise<Access> | undefined;
  let current: Access | undefined;
  let transport: Promise<Transport> | undefined;
  let answered = false;
  const closing = new AbortController();
  let renewedAt = Number.NEGATIVE_INFINITY;

  const access = async () => {
    known ??= readAccess();
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
    transport ??= access().then((found) => dial(found, closing.signal));
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
      if (transport) drop(transport);
    },
  };
}

import type { Socket } from 'node:net';
import { delay } from '../core/duration.ts';
import { ExpectedError } from '../core/errors.ts';
import type { Emit } from '../core/events.ts';
import { isNotReady } from '../core/not-ready.ts';
import { listenLocal, relay } from '../system/tcp.ts';
import type { Connection, Target } from '../targets/target.ts';
import type { Ports } from '../workspace/model.ts';

export interface ForwardOptions {
  service: string;
  port: keyof Ports;
  /** On 127.0.0.1; 0 for a free one. */
  localPort: number;
  /** Milliseconds for the service to become ready. */
  timeout: number;
}

export interface ForwardDeps {
  target: Pick<Target, 'connect'>;
  emit: Emit;
  signal: AbortSignal;
  /** Called once, when connections are taken and the service has answered to the first. */
  listening: (localPort: number) => void;
}

/** Milliseconds that a client waits while one instance gives way to the next. */
const patience = 15_000;
const lookEvery = 250;

/** Leads each connection to a local port to an instance of the service, chosen anew each time; until the signal. */
export async function forward(options: ForwardOptions, deps: ForwardDeps): Promise<void> {
  const { signal, emit } = deps;
  const clients = new Set<Socket>();
  const lead = leader(options, deps);
  const { server, port } = await listenLocal(options.localPort, (client) => {
    clients.add(client);
    client.once('close', () => clients.delete(client));
    client.on('error', () => undefined);
    lead(client, patience)
      .then((connection) => connection && relay(client, connection.stream))
      .catch((error: unknown) => {
        client.resetAndDestroy();
        if (!signal.aborted) emit({ type: 'warning', message: `no connection: ${reasonOf(error)}` });
      });
  });
  try {
    // Tells now, and not the first client, what stands in the way.
    (await lead(undefined, options.timeout))?.stream.destroy();
    deps.listening(port);
    await new Promise<void>((resolve) => {
      if (signal.aborted) resolve();
      signal.addEventListener('abort', () => resolve(), { once: true });
    });
  } finally {
    server.close();
    for (const client of clients) client.destroy();
  }
}

/** Finds an instance for a client, waiting for one if need be; tells when it is another than before. Undefined for a client that has gone. */
function leader({ service, port }: ForwardOptions, { target, emit, signal }: ForwardDeps) {
  let last = '';
  return async (client: Socket | undefined, within: number): Promise<Connection | undefined> => {
    const started = Date.now();
    let told = '';
    while (!client?.destroyed) {
      try {
        const connection = await target.connect(service, port, signal);
        if (connection.instance !== last) emit({ type: 'forwarding', service, to: connection.instance });
        last = connection.instance;
        if (!client?.destroyed) return connection;
        connection.stream.destroy();
      } catch (error) {
        const waited = Date.now() - started;
        if (!isNotReady(error) || waited > within) throw error;
        const reason = reasonOf(error);
        if (reason !== told) emit({ type: 'waiting', resource: service, reason, ms: waited });
        told = reason;
        await delay(lookEvery, signal);
      }
    }
    return undefined;
  };
}

function reasonOf(error: unknown): string {
  if (!(error instanceof ExpectedError)) return error instanceof Error ? error.message : String(error);
  const { message, why } = error.explanation;
  return [message, ...[why ?? []].flat().slice(0, 1)].join(': ');
}

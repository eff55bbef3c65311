import { connect, createServer, type Server, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { ExpectedError } from '../core/errors.ts';
import { portHolder } from './ports.ts';

const loopback = '127.0.0.1';

/** Connects to a port of this machine; rejects with the system's error. Either side may end first. */
export function dialLocal(port: number, signal: AbortSignal): Promise<Socket> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(signal.reason);
    const socket = connect({ host: loopback, port, allowHalfOpen: true });
    const onAbort = () => {
      socket.destroy();
      reject(signal.reason);
    };
    signal.addEventListener('abort', onAbort, { once: true });
    const settled = () => signal.removeEventListener('abort', onAbort);
    socket.once('error', (error) => {
      settled();
      reject(error);
    });
    socket.once('connect', () => {
      settled();
      socket.removeAllListeners('error').setNoDelay(true);
      resolve(socket);
    });
  });
}

/** Listens on a port of 127.0.0.1 alone; 0 for one that is free. Throws E_PORT_TAKEN (4), E_PORT_DENIED (6). */
export function listenLocal(
  port: number,
  onClient: (client: Socket) => void,
): Promise<{ server: Server; port: number }> {
  return new Promise((resolve, reject) => {
    const server = createServer({ allowHalfOpen: true, noDelay: true }, onClient);
    server.once('error', (cause: NodeJS.ErrnoException) => reject(refusedPort(port, cause)));
    server.listen({ port, host: loopback, exclusive: true }, () => {
      const address = server.address();
      resolve({ server, port: typeof address === 'object' && address ? address.port : port });
    });
  });
}

/** Passes bytes both ways until both sides have ended; a side that breaks breaks the other, so that half an answer is not taken for a whole one. */
export function relay(client: Socket, remote: Duplex): void {
  client.on('error', () => remote.destroy());
  // A reset of a socket that is ending already would never be over: Node.js then hangs when it exits.
  remote.on('error', () => (client.writableEnded ? client.destroy() : client.resetAndDestroy()));
  client.once('close', () => remote.destroy());
  remote.once('close', () => client.destroySoon());
  client.pipe(remote).pipe(client);
}

function refusedPort(port: number, cause: NodeJS.ErrnoException): unknown {
  if (cause.code === 'EACCES') {
    return new ExpectedError({
      code: 'E_PORT_DENIED',
      exit: 'auth',
      message: `this user may not listen on port ${port}`,
      hints: ['take a port from 1024 on, or none: a free one is found then'],
      cause,
    });
  }
  if (cause.code !== 'EADDRINUSE') return cause;
  const holder = portHolder(port);
  return new ExpectedError({
    code: 'E_PORT_TAKEN',
    exit: 'notFound',
    message: `port ${port} of this machine is in use`,
    why: holder ? `pid ${holder.pid} (${holder.command}) listens on it` : 'another process listens on it',
    hints: ['take another port, or none: a free one is found then'],
    cause,
  });
}

import { connect as connectTcp, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { openHttp1 } from './http1-transport.ts';
import { openHttp2 } from './http2-transport.ts';
import type { Access } from './kubeconfig.ts';
import { ConnectError, type Transport } from './transport.ts';

const connectTimeout = 5000;

/**
 * A transport to the server: HTTP/2 on one connection where the server speaks it, else HTTP/1.1 on a few. Rejects with ConnectError, also once
 * the signal is aborted.
 */
export async function dial(access: Access, signal: AbortSignal): Promise<Transport> {
  const { server, proxyAgent } = access;
  if (proxyAgent) return openHttp1(access);
  const { socket, protocol } = await connect(access, signal);
  if (protocol === 'h2') return openHttp2(server, socket);
  socket.destroy();
  return openHttp1(access);
}

function connect(
  { server, tls }: Access,
  signal: AbortSignal,
): Promise<{ socket: Socket; protocol: string }> {
  const secure = server.protocol === 'https:';
  const host = server.hostname.replace(/^\[|\]$/g, '');
  const port = Number(server.port) || (secure ? 443 : 80);
  return new Promise((resolve, reject) => {
    const socket = secure
      ? connectTls({ ...tls, host, port, ALPNProtocols: ['h2', 'http/1.1'] })
      : connectTcp({ host, port });
    const timer = setTimeout(
      () => fail(new Error(`no answer within ${connectTimeout / 1000} s`)),
      connectTimeout,
    );
    const onAbort = () => fail(new Error('it is not needed any more'));
    const fail = (cause: Error) => {
      signal.removeEventListener('abort', onAbort);
      clearTimeout(timer);
      socket.destroy();
      reject(new ConnectError(cause.message, { cause }));
    };
    if (signal.aborted) return onAbort();
    signal.addEventListener('abort', onAbort);
    socket.once('error', fail);
    socket.once('close', () => fail(new Error('the server closed the connection')));
    socket.once(secure ? 'secureConnect' : 'connect', () => {
      signal.removeEventListener('abort', onAbort);
      clearTimeout(timer);
      socket.removeAllListeners('error').removeAllListeners('close');
      // Small requests and answers: do not wait for more.
      socket.setNoDelay(true);
      resolve({ socket, protocol: 'alpnProtocol' in socket ? String(socket.alpnProtocol) : '' });
    });
  });
}

import { connect as connectTcp, isIP, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { openHttp1 } from './http1-transport.ts';
import { openHttp2 } from './http2-transport.ts';
import type { Access } from './kubeconfig.ts';
import { placeOf } from './place-of.ts';
import { ConnectError, reasonIn, type Transport } from './transport.ts';

const connectTimeout = 5000;

/**
 * A transport to the server: HTTP/2 on one connection where the server speaks it, else HTTP/1.1 on a few, each through the proxy where there
 * is one. Rejects with ConnectError, also once the signal is aborted.
 */
export async function dial(access: Access, signal: AbortSignal): Promise<Transport> {
  const { socket, protocol } = await connect(access, await tunnelOf(access, signal), signal);
  if (protocol === 'h2') return openHttp2(access.server, socket);
  socket.destroy();
  return openHttp1(access);
}

async function tunnelOf({ server, proxy }: Access, signal: AbortSignal): Promise<Socket | undefined> {
  if (!proxy) return undefined;
  const { openTunnel } = await import('./proxy/tunnel.ts');
  return openTunnel(proxy, placeOf(server), signal);
}

function connect(
  { server, tls }: Access,
  tunnel: Socket | undefined,
  signal: AbortSignal,
): Promise<{ socket: Socket; protocol: string }> {
  const secure = server.protocol === 'https:';
  const { host, port } = placeOf(server);
  // One address may stand for several servers, which the name tells apart.
  const servername = tls.servername ?? (isIP(host) ? undefined : host);
  const ALPNProtocols = ['h2', 'http/1.1'];
  return new Promise((resolve, reject) => {
    const socket = secure
      ? connectTls({ ...tls, host, port, servername, socket: tunnel, ALPNProtocols })
      : (tunnel ?? connectTcp({ host, port }));
    const timer = setTimeout(
      () => fail(new Error(`no answer within ${connectTimeout / 1000} s`)),
      connectTimeout,
    );
    const onAbort = () => fail(new Error('it is not needed any more'));
    const fail = (cause: Error) => {
      signal.removeEventListener('abort', onAbort);
      clearTimeout(timer);
      socket.destroy();
      reject(new ConnectError(reasonIn(cause), { cause }));
    };
    if (signal.aborted) return onAbort();
    signal.addEventListener('abort', onAbort);
    socket.once('error', fail);
    socket.once('close', () => fail(new Error('the server closed the connection')));
    const ready = () => {
      signal.removeEventListener('abort', onAbort);
      clearTimeout(timer);
      socket.removeAllListeners('error').removeAllListeners('close');
      // Small requests and answers: do not wait for more.
      socket.setNoDelay(true);
      resolve({ socket, protocol: 'alpnProtocol' in socket ? String(socket.alpnProtocol) : '' });
    };
    if (tunnel && !secure) return ready();
    socket.once(secure ? 'secureConnect' : 'connect', ready);
  });
}

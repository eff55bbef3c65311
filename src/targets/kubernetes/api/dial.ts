import { connect as connectTcp, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { openHttp1 } from './http1-transport.ts';
import { openHttp2 } from './http2-transport.ts';
import type { Access } from './kubeconfig.ts';
import { ConnectError, type Transport } from './transport.ts';

const connectTimeout = 5000;

/** A transport to the server: HTTP/2 on one connection where the server speaks it, else HTTP/1.1 on a few. Rejects with ConnectError. */
export async function dial(access: Access): Promise<Transport> {
  const { server, proxyAgent } = access;
  if (proxyAgent) return openHttp1(access);
  const { socket, protocol } = await connect(access);
  if (protocol === 'h2') return openHttp2(server, socket);
  socket.destroy();
  return openHttp1(access);
}

function connect({ server, tls }: Access): Promise<{ socket: Socket; protocol: string }> {
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
    const fail = (cause: Error) => {
      clearTimeout(timer);
      socket.destroy();
      reject(new ConnectError(cause.message, { cause }));
    };
    socket.once('error', fail);
    socket.once('close', () => fail(new Error('the server closed the connection')));
    socket.once(secure ? 'secureConnect' : 'connect', () => {
      clearTimeout(timer);
      socket.removeAllListeners('error').removeAllListeners('close');
      // Small requests and answers: do not wait for more.
      socket.setNoDelay(true);
      resolve({ socket, protocol: 'alpnProtocol' in socket ? String(socket.alpnProtocol) : '' });
    });
  });
}

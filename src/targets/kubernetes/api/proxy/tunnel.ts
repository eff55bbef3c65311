import { once } from 'node:events';
import { request } from 'node:http';
import { connect as connectTcp, isIP, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { whenAborted } from '../../../../core/when-aborted.ts';
import { bareHost, type Destination } from '../place-of.ts';
import { ConnectError, reasonIn } from '../transport.ts';
import { credentialsOf, ProxyError, type ProxyServer } from './proxy.ts';

/** Milliseconds for the way to the proxy and, by it, to the server. */
const limit = 10_000;

/** A connection to the destination that the proxy has made; a name is looked up by the proxy. Rejects with ProxyError, and with ConnectError once the signal is aborted. */
export async function openTunnel(proxy: ProxyServer, to: Destination, signal: AbortSignal): Promise<Socket> {
  if (signal.aborted) throw unneeded();
  const socket = connectToProxy(proxy.url);
  let stage = 'the proxy cannot be reached';
  let reason: Error | undefined;
  const end = (error: Error) => {
    reason = error;
    socket.destroy(error);
  };
  const timer = setTimeout(() => end(new ProxyError(`${stage}: no answer within ${limit / 1000} s`)), limit);
  const listenNoMore = whenAborted(signal, () => end(unneeded()));
  try {
    await once(socket, proxy.url.protocol === 'https:' ? 'secureConnect' : 'connect');
    socket.setNoDelay(true);
    stage = `the proxy did not connect to ${authorityOf(to)}`;
    await (proxy.url.protocol.startsWith('socks') ? askSocks : askHttp)(socket, proxy, to);
    // What breaks from here on is told by what speaks through it, which may not listen to this end of it.
    return socket.on('error', () => undefined);
  } catch (error) {
    socket.destroy();
    if (reason) throw reason;
    const { status, code } = error as ProxyError;
    const why = code?.startsWith('HPE_') ? 'what answers there is no HTTP proxy' : reasonIn(error as Error);
    throw new ProxyError(`${stage}: ${why}`, { status, code });
  } finally {
    clearTimeout(timer);
    listenNoMore();
  }
}

function connectToProxy({ protocol, hostname, port }: URL): Socket {
  const host = bareHost(hostname);
  const at = (usual: number) => ({ host, port: Number(port) || usual });
  if (protocol === 'https:') return connectTls({ ...at(443), servername: isIP(host) ? '' : host });
  return connectTcp(at(protocol === 'http:' ? 80 : 1080));
}

async function askHttp(socket: Socket, proxy: ProxyServer, to: Destination): Promise<void> {
  const authority = authorityOf(to);
  const { user, password } = credentialsOf(proxy) ?? {};
  const basic = `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
  const headers = { host: authority, ...(user === undefined ? {} : { 'proxy-authorization': basic }) };
  const message = request({ method: 'CONNECT', path: authority, headers, createConnection: () => socket });
  message.end();
  const [{ statusCode, statusMessage, headers: answer }, , head] = await once(message, 'connect');
  if (statusCode < 200 || statusCode > 299) {
    const ways = waysIn(answer['proxy-authenticate'] ?? '');
    const only =
      ways.length === 0 || ways.some((way) => /^basic$/i.test(way))
        ? ''
        : `, which takes ${ways.join(' and ')} alone`;
    throw new ProxyError(`${statusCode} ${statusMessage}${only}`, { status: statusCode });
  }
  if (head.length > 0) socket.unshift(head);
}

/** Of logging in, as it names them: `Negotiate, Digest realm="a"`. */
function waysIn(challenges: string): string[] {
  return [...challenges.matchAll(/(?:^|,)\s*([a-z-]+)(?=\s|,|$)/gi)].map(([, way]) => way!);
}

async function askSocks(socket: Socket, proxy: ProxyServer, destination: Destination): Promise<void> {
  const { SocksClient } = await import('socks');
  const { user: userId, password } = credentialsOf(proxy) ?? {};
  await SocksClient.createConnection({
    existing_socket: socket,
    proxy: { host: proxy.url.hostname, port: Number(proxy.url.port) || 1080, type: 5, userId, password },
    command: 'connect',
    destination,
    timeout: limit,
  });
}

function authorityOf({ host, port }: Destination): string {
  return `${isIP(host) === 6 ? `[${host}]` : host}:${port}`;
}

function unneeded(): ConnectError {
  return new ConnectError('it is not needed any more');
}

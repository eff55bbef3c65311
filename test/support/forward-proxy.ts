import { createServer as createHttpServer, type IncomingMessage } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';

export interface ForwardProxy {
  port: number;
  /** What was asked for, `host:port` each, in the order of asking. */
  tunnels: string[];
  /** Breaks all connections that there are. */
  cut(): void;
  close(): void;
}

export interface ForwardProxyOptions {
  /** Where every tunnel leads, whatever was asked for. */
  to?: { host: string; port: number };
  /** Who may pass: `user:password`. */
  login?: string;
  /** Instead of a tunnel, e.g. `403 Forbidden`. */
  answer?: string;
  /** Speaks HTTPS with its clients. */
  tls?: { key: string; cert: string };
}

/** An HTTP proxy as companies have them: it makes tunnels. */
export async function httpProxy({ to, login, answer, tls }: ForwardProxyOptions = {}): Promise<ForwardProxy> {
  const tunnels: string[] = [];
  const server = tls ? createHttpsServer(tls) : createHttpServer();
  server.on('connect', (request: IncomingMessage, client: Socket) => {
    tunnels.push(request.url!);
    const given = request.headers['proxy-authorization'];
    const wanted = login && `Basic ${Buffer.from(login).toString('base64')}`;
    const refusal =
      given === wanted ? answer : '407 Proxy Authentication Required\r\nproxy-authenticate: Basic realm=a';
    if (refusal)
      return client.on('error', () => undefined).end(`HTTP/1.1 ${refusal}\r\ncontent-length: 0\r\n\r\n`);
    const { hostname, port } = new URL(`http://${request.url}`);
    tunnel(client, to ?? { host: hostname, port: Number(port) }, () =>
      client.write('HTTP/1.1 200 Connection Established\r\n\r\n'),
    );
  });
  return listening(server, tunnels);
}

/** A SOCKS 5 proxy, which gets what it reads in one piece each, since the client waits for each answer. */
export async function socksProxy({
  to,
  login,
}: Pick<ForwardProxyOptions, 'to' | 'login'> = {}): Promise<ForwardProxy> {
  const tunnels: string[] = [];
  const server = createServer((client) => {
    client.on('error', () => undefined);
    client.once('data', () => {
      client.write(Buffer.from([5, login ? 2 : 0]));
      client.once('data', (next) => {
        if (!login) return ask(client, next);
        const user = next.subarray(2, 2 + next[1]!).toString();
        const password = next.subarray(3 + next[1]!).toString();
        const passes = `${user}:${password}` === login;
        client.write(Buffer.from([1, passes ? 0 : 1]));
        client.once('data', (last) => ask(client, last));
      });
    });
  });
  const ask = (client: Socket, request: Buffer) => {
    const isName = request[3] === 3;
    const host = isName ? request.subarray(5, 5 + request[4]!).toString() : request.subarray(4, 8).join('.');
    const port = request.readUInt16BE(request.length - 2);
    tunnels.push(`${host}:${port}`);
    tunnel(client, to ?? { host, port }, () => client.write(Buffer.from([5, 0, 0, 1, 0, 0, 0, 0, 0, 0])));
  };
  return listening(server, tunnels);
}

function tunnel(client: Socket, to: { host: string; port: number }, made: () => void): void {
  const remote = connect(to.port, to.host.replace(/^\[|\]$/g, ''), () => {
    made();
    client.pipe(remote).pipe(client);
  });
  remote.on('error', () => client.destroy());
  client.on('error', () => remote.destroy()).on('close', () => remote.destroy());
}

async function listening(server: Server, tunnels: string[]): Promise<ForwardProxy> {
  const open = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    open.add(socket);
    socket.on('close', () => open.delete(socket));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const cut = () => {
    for (const socket of open) socket.resetAndDestroy();
  };
  return {
    port: (server.address() as AddressInfo).port,
    tunnels,
    cut,
    close: () => {
      server.close();
      cut();
    },
  };
}

import { readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { Agent, request } from 'node:https';
import { type AddressInfo, connect, createServer as createTcpServer, type Socket } from 'node:net';
import { parse } from 'yaml';
import { lab } from '../../../support/lab.ts';

/** What happens to one request: it never arrives, its answer is lost after it was carried out, or the answer is another. */
export type Fault = 'reset' | 'lose-answer' | 'truncate' | { status: number; retryAfter?: number };

export interface FaultProxy {
  /** Of a kubeconfig: plain HTTP, and as the lab's administrator. */
  url: string;
  /** Method and path of every request that arrived, in order. */
  seen: string[];
  close(): Promise<void>;
}

/** Stands between us and the lab's API server, and fails the requests that it is told to; `number` counts from 1. */
export async function faultProxy(
  fault: (number: number, line: string) => Fault | undefined,
): Promise<FaultProxy> {
  const upstream = administrator();
  const seen: string[] = [];
  const server = createServer((incoming, outgoing) => {
    const line = `${incoming.method} ${incoming.url}`;
    const chosen = fault(seen.push(line), line);
    if (chosen === 'reset') return incoming.socket.destroy();
    if (typeof chosen === 'object') {
      const header = chosen.retryAfter === undefined ? {} : { 'retry-after': String(chosen.retryAfter) };
      outgoing.writeHead(chosen.status, { 'content-type': 'application/json', ...header });
      return outgoing.end(
        `{"kind":"Status","status":"Failure","message":"made by the test","reason":"InternalError"}`,
      );
    }
    forward(upstream, incoming, outgoing, chosen);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    seen,
    async close() {
      server.closeAllConnections();
      upstream.agent.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** Passes bytes on to the lab's API server; `cut` breaks all connections that there are. */
export async function cuttingProxy(): Promise<{
  port: number;
  connections: () => number;
  cut(): void;
  close(): void;
}> {
  const { host, port } = administrator();
  const open = new Set<Socket>();
  let connections = 0;
  const server = createTcpServer((client) => {
    connections++;
    const remote = connect(port, host);
    for (const [from, to] of [
      [client, remote],
      [remote, client],
    ] as const) {
      open.add(from);
      from.pipe(to);
      from.on('error', () => to.destroy()).on('close', () => open.delete(from));
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const cut = () => {
    for (const socket of open) socket.resetAndDestroy();
  };
  return {
    port: (server.address() as AddressInfo).port,
    connections: () => connections,
    cut,
    close: () => {
      cut();
      server.close();
    },
  };
}

/** An HTTP proxy as companies have them: it makes tunnels, and counts them. */
export async function tunnelProxy(): Promise<{ url: string; tunnels: () => number; close(): void }> {
  let tunnels = 0;
  const server = createServer();
  server.on('connect', (request, client: Socket) => {
    tunnels++;
    const { hostname, port } = new URL(`http://${request.url}`);
    const remote = connect(Number(port), hostname, () => {
      client.write('HTTP/1.1 200 Connection Established\r\n\r\n');
      client.pipe(remote).pipe(client);
    });
    remote.on('error', () => client.destroy());
    client.on('error', () => remote.destroy()).on('close', () => remote.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}`, tunnels: () => tunnels, close: () => server.close() };
}

interface Upstream {
  host: string;
  port: number;
  agent: Agent;
}

function administrator(): Upstream {
  const { clusters, users } = parse(readFileSync(lab.kubeconfig!, 'utf8'));
  const { cluster } = clusters[0];
  const { user } = users[0];
  const bytes = (text: string) => Buffer.from(text, 'base64');
  const agent = new Agent({
    keepAlive: true,
    ca: bytes(cluster['certificate-authority-data']),
    cert: bytes(user['client-certificate-data']),
    key: bytes(user['client-key-data']),
  });
  const { hostname: host, port } = new URL(cluster.server);
  return { host, port: Number(port), agent };
}

function forward(
  upstream: Upstream,
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  fault: Fault | undefined,
): void {
  const { connection: _, host: __, ...headers } = incoming.headers;
  const path = incoming.url!.replace(/^\/base/, '');
  const onward = request({ ...upstream, method: incoming.method, path, headers }, (answer) => {
    if (fault === undefined) {
      outgoing.writeHead(answer.statusCode!, answer.headers);
      answer.pipe(outgoing);
      return;
    }
    const chunks: Buffer[] = [];
    answer.on('data', (chunk: Buffer) => chunks.push(chunk));
    answer.on('end', () => {
      const body = Buffer.concat(chunks);
      if (fault === 'lose-answer') return outgoing.destroy();
      // The whole length is promised, half of it comes.
      outgoing.writeHead(answer.statusCode!, { ...answer.headers, 'content-length': body.length });
      outgoing.write(body.subarray(0, body.length / 2), () => outgoing.destroy());
    });
  });
  onward.on('error', () => outgoing.destroy());
  incoming.pipe(onward);
}

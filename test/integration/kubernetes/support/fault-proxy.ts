import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:http';
import { createSecureServer, type Http2ServerRequest, type Http2ServerResponse } from 'node:http2';
import type { AddressInfo, Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Answer, openUpstream, type Upstream } from './api-upstream.ts';
import { selfSigned } from './certificate.ts';
import { faultyStream, isWatch, type WatchFault } from './watch-faults.ts';

/** What happens to one request. */
export type Fault =
  /** It never arrives. */
  | 'reset'
  /** It is carried out, but its answer is lost. */
  | 'lose-answer'
  /** Half of its answer comes, then the connection breaks; or ends as if that were all. */
  | 'truncate'
  | 'truncate-quietly'
  /** Nothing comes, for ever; or the head of the answer and no more. */
  | 'hang'
  | 'hang-body'
  | { status: number; retryAfter?: number; body?: object }
  | { delay: number }
  /** Called with the request held before it is sent, or after it was carried out and before its answer; then the request is lost. */
  | { before: () => unknown }
  | { after: () => unknown }
  /** The answer's body is another. */
  | { rewrite: (body: string) => string }
  | WatchFault;

export interface FaultProxy {
  /** Of a kubeconfig: where nothing else is said, as the lab's administrator. */
  url: string;
  /** With `tls`: the base64 of what signed its certificate. */
  authority?: string;
  /** Method and path of every request that arrived, in order. */
  seen: string[];
  /** Milliseconds that every answer comes later. */
  latency: number;
  close(): Promise<void>;
}

type Request = IncomingMessage | Http2ServerRequest;
type Response = ServerResponse | Http2ServerResponse;

/**
 * Stands between us and the lab's API server, and fails the requests that it is told to; `number` counts from 1. Plain HTTP/1.1, or with
 * `tls` HTTP/2 and HTTP/1.1 as the client likes.
 */
export async function faultProxy(
  fault: (number: number, line: string, authorization: string) => Fault | undefined = () => undefined,
  { tls = false } = {},
): Promise<FaultProxy> {
  const upstream = openUpstream();
  const certificate = tls ? await selfSigned() : undefined;
  const sockets = new Set<Socket>();
  const handle = (incoming: Request, outgoing: Response) => {
    // A client that goes away breaks its streams.
    for (const stream of [incoming, outgoing]) stream.on('error', () => undefined);
    const line = `${incoming.method} ${incoming.url}`;
    const chosen = fault(proxy.seen.push(line), line, incoming.headers.authorization ?? '');
    answer(upstream, incoming, outgoing, chosen, proxy.latency).catch(() => cut(incoming, outgoing));
  };
  const server = certificate
    ? createSecureServer({ ...certificate, allowHTTP1: true }, handle)
    : createServer(handle);
  server.on(tls ? 'secureConnection' : 'connection', (socket: Socket) => {
    sockets.add(socket.on('error', () => undefined).once('close', () => sockets.delete(socket)));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const proxy: FaultProxy = {
    url: `${tls ? 'https' : 'http'}://127.0.0.1:${(server.address() as AddressInfo).port}`,
    authority: certificate && Buffer.from(certificate.cert).toString('base64'),
    seen: [],
    latency: 0,
    async close() {
      for (const socket of sockets) socket.destroy();
      upstream.close();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return proxy;
}

async function answer(
  upstream: Upstream,
  incoming: Request,
  outgoing: Response,
  fault: Fault | undefined,
  latency: number,
): Promise<void> {
  if (latency > 0) await sleep(latency);
  if (fault === 'reset') return cut(incoming, outgoing);
  if (fault === 'hang') return;
  if (typeof fault === 'object') {
    if ('status' in fault) return refuse(outgoing, fault);
    if ('delay' in fault) await sleep(fault.delay);
    if ('before' in fault) {
      await fault.before();
      return cut(incoming, outgoing);
    }
  }
  const reply = await upstream.forward(incoming, outgoing);
  if (fault === undefined || (typeof fault === 'object' && 'delay' in fault)) return passOn(reply, outgoing);
  if (typeof fault === 'object' && 'watch' in fault) {
    return isWatch(incoming.url!) ? faultyStream(reply, outgoing, fault) : passOn(reply, outgoing);
  }
  if (typeof fault === 'object' && 'after' in fault && isWatch(incoming.url!)) {
    await fault.after();
    return cut(incoming, outgoing);
  }
  const body = await reply.whole();
  if (fault === 'lose-answer') return cut(incoming, outgoing);
  if (typeof fault === 'object' && 'after' in fault) {
    await fault.after();
    return cut(incoming, outgoing);
  }
  const headers = { ...reply.headers };
  if (typeof fault === 'object') {
    const text = fault.rewrite(body.toString());
    outgoing.writeHead(reply.status, { ...headers, 'content-length': Buffer.byteLength(text) });
    outgoing.end(text);
    return;
  }
  const half = body.subarray(0, body.length / 2);
  if (fault === 'truncate-quietly') {
    outgoing.writeHead(reply.status, { ...headers, 'content-length': half.length });
    outgoing.end(half);
    return;
  }
  // The whole length is promised.
  outgoing.writeHead(reply.status, { ...headers, 'content-length': body.length });
  (outgoing as ServerResponse).write(half, () => {
    if (fault === 'truncate') cut(incoming, outgoing);
  });
}

function refuse(
  outgoing: Response,
  { status, retryAfter, body }: { status: number; retryAfter?: number; body?: object },
): void {
  const header = retryAfter === undefined ? {} : { 'retry-after': String(retryAfter) };
  outgoing.writeHead(status, { 'content-type': 'application/json', ...header });
  const usual = { message: 'made by the test', reason: 'InternalError' };
  outgoing.end(JSON.stringify({ kind: 'Status', status: 'Failure', ...(body ?? usual) }));
}

async function passOn(reply: Answer, outgoing: Response): Promise<void> {
  outgoing.writeHead(reply.status, reply.headers);
  // A watch that has nothing to tell yet has begun all the same.
  (outgoing as ServerResponse).flushHeaders?.();
  reply.stream.pipe(outgoing as ServerResponse);
}

/** One stream of an HTTP/2 connection is reset, of HTTP/1.1 the connection is. */
function cut(incoming: Request, outgoing: Response): void {
  if ('stream' in outgoing && outgoing.stream) outgoing.stream.close(2);
  else incoming.socket.destroy();
}

import {
  type AgentOptions,
  type ClientRequest,
  Agent as HttpAgent,
  request as httpRequest,
  type IncomingMessage,
} from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import type { Access } from './kubeconfig.ts';
import { ConnectError, LostError, type Transport, type WireRequest, type WireResponse } from './transport.ts';

const connections = 8;

/** For servers without HTTP/2. */
export async function openHttp1({ server, tls, proxy }: Access): Promise<Transport> {
  const secure = server.protocol === 'https:';
  const closing = new AbortController();
  const { tunnelAgent } = proxy ? await import('./proxy/tunnel-agent.ts') : {};
  const pool = (limits: AgentOptions): HttpAgent => {
    const options = secure ? { ...limits, ...tls } : limits;
    if (proxy && tunnelAgent) return tunnelAgent(proxy, secure, options, closing.signal);
    return secure ? new HttpsAgent(options) : new HttpAgent(options);
  };
  const agent = pool({ keepAlive: true, maxSockets: connections });
  // Streams last: those that wait for one of the few connections would wait for ever.
  const streams = pool({ keepAlive: true });
  return {
    send: async (request) => {
      const { method, path, body, signal } = request;
      signal?.throwIfAborted();
      // Without it Node sends the body of a DELETE with no sign of its end.
      const length = body === undefined ? {} : { 'content-length': Buffer.byteLength(body) };
      const headers = { ...request.headers, ...length };
      const start = secure ? httpsRequest : httpRequest;
      return exchange(
        start(new URL(path, server), {
          method,
          headers,
          agent: request.onData ? streams : agent,
          ...(secure ? tls : {}),
        }),
        request,
      );
    },
    close: () => {
      closing.abort();
      agent.destroy();
      streams.destroy();
    },
  };
}

function exchange(message: ClientRequest, request: WireRequest): Promise<WireResponse> {
  const { body, signal, onData, timeout } = request;
  return new Promise((resolve, reject) => {
    let response: IncomingMessage | undefined;
    let text = '';
    const onAbort = () => {
      reject(signal!.reason);
      message.destroy();
    };
    const timer = setTimeout(() => {
      reject(new LostError(`no answer within ${timeout / 1000} s`));
      message.destroy();
    }, timeout);
    signal?.addEventListener('abort', onAbort, { once: true });
    message.on('error', (cause) => {
      if (cause instanceof ConnectError) return reject(cause);
      const connected = message.socket !== null && !message.socket.connecting;
      reject(new (connected || message.reusedSocket ? LostError : ConnectError)(cause.message, { cause }));
    });
    message.once('close', () => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', onAbort);
      if (!response?.complete)
        return reject(new LostError('the connection was closed before the answer was whole'));
      resolve({
        status: response.statusCode!,
        headers: response.headers as Record<string, string>,
        body: text,
      });
    });
    message.once('response', (received) => {
      response = received;
      if (onData) clearTimeout(timer);
      received.setEncoding('utf8');
      received.on('error', (cause) => reject(new LostError(cause.message, { cause })));
      received.on('data', (chunk: string) => {
        if (onData && received.statusCode! < 300) onData(chunk);
        else text += chunk;
      });
    });
    message.end(body);
  });
}

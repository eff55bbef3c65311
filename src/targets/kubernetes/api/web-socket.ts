import { createHash, randomBytes } from 'node:crypto';
import { request as httpRequest, type IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import type { Socket } from 'node:net';
import { ApiError } from './api-error.ts';
import type { Access } from './kubeconfig.ts';
import { ConnectError, type WireRequest } from './transport.ts';

/** A connection that speaks WebSocket from here on, with what of it has come already. */
export interface Upgraded {
  socket: Socket;
  head: Buffer;
}

/** Asks for a connection of its own that changes to WebSocket. Rejects with ApiError for a refusal, with ConnectError when nobody answers. */
export async function openWebSocket(
  { server, tls, proxy }: Access,
  { path, headers, timeout, signal }: Pick<WireRequest, 'path' | 'headers' | 'timeout' | 'signal'>,
  protocol: string,
): Promise<Upgraded> {
  const secure = server.protocol === 'https:';
  const key = randomBytes(16).toString('base64');
  const asked = {
    ...headers,
    connection: 'Upgrade',
    upgrade: 'websocket',
    'sec-websocket-version': '13',
    'sec-websocket-key': key,
    'sec-websocket-protocol': protocol,
  };
  const { tunnelAgent } = proxy ? await import('./proxy/tunnel-agent.ts') : {};
  const over = new AbortController();
  const agent = proxy && tunnelAgent ? tunnelAgent(proxy, secure, {}, over.signal) : (false as const);
  const options = { headers: asked, agent, ...(secure ? tls : {}) };
  return new Promise((resolve, reject) => {
    const message = (secure ? httpsRequest : httpRequest)(new URL(path, server), options);
    const end = (error: unknown) => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', onAbort);
      reject(error);
      message.destroy();
      over.abort();
    };
    const onAbort = () => end(signal!.reason);
    const timer = setTimeout(() => end(new ConnectError(`no answer within ${timeout / 1000} s`)), timeout);
    signal?.addEventListener('abort', onAbort, { once: true });
    message.once('error', (cause) =>
      end(cause instanceof ConnectError ? cause : new ConnectError(cause.message, { cause })),
    );
    message.once('response', async (response) =>
      end(new ApiError(response.statusCode ?? 0, await bodyOf(response))),
    );
    message.once('upgrade', (response, socket: Socket, head) => {
      if (response.headers['sec-websocket-accept'] !== answerTo(key)) {
        socket.destroy();
        return end(new ConnectError('what answers is no Kubernetes API server'));
      }
      clearTimeout(timer);
      signal?.removeEventListener('abort', onAbort);
      socket.setTimeout(0).setNoDelay(true);
      resolve({ socket, head });
    });
    message.end();
  });
}

function answerTo(key: string): string {
  return createHash('sha1').update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest('base64');
}

async function bodyOf(response: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  try {
    for await (const chunk of response) chunks.push(chunk as Buffer);
  } catch {
    // The status alone says enough.
  }
  return Buffer.concat(chunks).toString('utf8');
}

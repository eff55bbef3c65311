import { type ClientHttp2Session, connect, constants, type IncomingHttpHeaders } from 'node:http2';
import type { Socket } from 'node:net';
import { LostError, type Transport, type WireRequest, type WireResponse } from './transport.ts';

/** All requests as streams of one connection that is already made. Once that is closed, every request is lost. */
export function openHttp2(server: URL, socket: Socket): Transport {
  const session = connect(server, {
    createConnection: () => socket,
    settings: { initialWindowSize: 2 ** 20 },
  });
  // It may be let go of before the server has said hello.
  session.once('connect', () => session.destroyed || session.setLocalWindowSize(2 ** 24));
  // What a broken connection means is told by each of its streams.
  session.on('error', () => session.destroy());
  session.on('goaway', () => session.close());
  return {
    send: (request) => send(session, request),
    close: () => session.destroy(),
  };
}

function send(session: ClientHttp2Session, request: WireRequest): Promise<WireResponse> {
  const { method, path, headers, body, signal, onData } = request;
  return new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(signal.reason);
    if (session.closed || session.destroyed) return reject(new LostError('the connection is closed'));
    const stream = session.request(
      { ':method': method, ':path': path, ...headers },
      { endStream: body === undefined },
    );
    let answer: IncomingHttpHeaders | undefined;
    let text = '';
    const settle = () => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', onAbort);
    };
    const onAbort = () => {
      stream.close(constants.NGHTTP2_CANCEL);
      settle();
      reject(signal!.reason);
    };
    const timer = setTimeout(() => {
      reject(new LostError(`no answer within ${request.timeout / 1000} s`));
      // A connection that answers nothing may be half open; the next request gets a new one.
      session.destroy();
    }, request.timeout);
    signal?.addEventListener('abort', onAbort, { once: true });
    stream.setEncoding('utf8');
    stream.on('response', (received) => {
      answer = received;
      if (onData) clearTimeout(timer);
    });
    stream.on('data', (chunk: string) => {
      if (onData && Number(answer?.[':status']) < 300) onData(chunk);
      else text += chunk;
    });
    stream.once('error', (cause) => reject(new LostError(cause.message, { cause })));
    stream.once('close', () => {
      settle();
      const status = Number(answer?.[':status'] ?? 0);
      if (status > 0 && stream.rstCode === constants.NGHTTP2_NO_ERROR) {
        resolve({ status, headers: answer as Record<string, string>, body: text });
      } else {
        reject(new LostError('the connection was closed before the answer was whole'));
      }
    });
    if (body !== undefined) stream.end(body);
  });
}

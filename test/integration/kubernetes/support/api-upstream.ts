import { readFileSync } from 'node:fs';
import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';
import type { Http2ServerRequest, Http2ServerResponse } from 'node:http2';
import { Agent, request } from 'node:https';
import { parse } from 'yaml';
import { lab } from '../../../support/lab.ts';

/** The lab's API server, as the proxy reaches it. */
export interface Upstream {
  host: string;
  port: number;
  /** Sends the request on, with the token that it bears or else as the administrator. Ends it when the client goes away. */
  forward(
    incoming: IncomingMessage | Http2ServerRequest,
    outgoing: ServerResponse | Http2ServerResponse,
  ): Promise<Answer>;
  close(): void;
}

export interface Answer {
  status: number;
  headers: IncomingHttpHeaders;
  stream: IncomingMessage;
  whole(): Promise<Buffer>;
}

export function openUpstream(): Upstream {
  const { clusters, users } = parse(readFileSync(lab.kubeconfig!, 'utf8'));
  const { cluster } = clusters[0];
  const { user } = users[0];
  const bytes = (text: string) => Buffer.from(text, 'base64');
  const ca = bytes(cluster['certificate-authority-data']);
  const administrator = new Agent({
    keepAlive: true,
    ca,
    cert: bytes(user['client-certificate-data']),
    key: bytes(user['client-key-data']),
  });
  const anybody = new Agent({ keepAlive: true, ca });
  const { hostname: host, port: text } = new URL(cluster.server);
  const port = Number(text);
  return {
    host,
    port,
    async forward(incoming, outgoing) {
      const agent = incoming.headers.authorization ? anybody : administrator;
      const path = incoming.url!.replace(/^\/base/, '');
      // HTTP/2 needs no length, HTTP/1.1 does.
      const body = await whole(incoming);
      const length = body.length > 0 ? { 'content-length': body.length } : {};
      const headers = { ...plainHeaders(incoming.headers), ...length };
      const stream = await new Promise<IncomingMessage>((resolve, reject) => {
        request({ host, port, agent, method: incoming.method, path, headers }, resolve)
          .on('error', reject)
          .end(body);
      });
      stream.on('error', () => undefined);
      outgoing.on('close', () => stream.destroy());
      return {
        status: stream.statusCode!,
        headers: plainHeaders(stream.headers),
        stream,
        whole: () => whole(stream),
      };
    },
    close: () => {
      administrator.destroy();
      anybody.destroy();
    },
  };
}

/** Without those that belong to one connection only. */
function plainHeaders(headers: IncomingHttpHeaders): IncomingHttpHeaders {
  const own = ['connection', 'host', 'keep-alive', 'transfer-encoding', 'upgrade', 'http2-settings'];
  return Object.fromEntries(
    Object.entries(headers).filter(([name]) => !name.startsWith(':') && !own.includes(name)),
  );
}

async function whole(stream: AsyncIterable<Buffer>): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk);
  return Buffer.concat(chunks);
}

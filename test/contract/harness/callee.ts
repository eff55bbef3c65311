import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

export interface Received {
  method: string;
  path: string;
  headers: IncomingHttpHeaders;
  body: string;
}

/** Stands in for every called service, each under a path of its own. */
export interface Callee {
  received: Received[];
  /** Addresses of the called services, as the service wants them. */
  env: Record<string, string>;
  close(): void;
}

/** Gets the path, such as `/catalog/v1/items`. */
export type CalleeAnswer = (response: ServerResponse, path: string) => void;

export async function startCallee(answer: CalleeAnswer = created): Promise<Callee> {
  const received: Received[] = [];
  const server = createServer(async (request, response) => {
    const { method = '', url = '', headers } = request;
    received.push({ method, path: url, headers, body: await text(request) });
    answer(response, url);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const env = { CATALOG_URL: `${url}/catalog`, STOCK_ROOM_URL: `${url}/stock-room` };
  const close = () => {
    server.closeAllConnections();
    server.close();
  };
  return { received, env, close };
}

export function created(response: ServerResponse): void {
  response.writeHead(201, { 'content-type': 'application/json' }).end('{"id":"1"}');
}

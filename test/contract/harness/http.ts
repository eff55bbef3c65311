import { type Agent, type IncomingHttpHeaders, request } from 'node:http';
import { text } from 'node:stream/consumers';

export interface Sent {
  method?: string;
  headers?: Record<string, string>;
  body?: string;
  /** Without one, every request has a connection of its own. */
  agent?: Agent;
}

export interface Answer {
  status: number;
  headers: IncomingHttpHeaders;
  text: string;
  // biome-ignore lint/suspicious/noExplicitAny: tests look at any field of it
  json(): any;
}

/** Sends one request and reads the whole answer. Redirects are not followed. */
export function send(url: string, { method = 'GET', headers = {}, body, agent }: Sent = {}): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const sent = request(url, { method, headers, agent: agent ?? false }, async (response) => {
      try {
        const content = await text(response);
        resolve({
          status: response.statusCode ?? 0,
          headers: response.headers,
          text: content,
          json: () => JSON.parse(content),
        });
      } catch (error) {
        reject(error);
      }
    });
    sent.on('error', reject);
    sent.end(body);
  });
}

export const json = { 'content-type': 'application/json' };

export function createItem(url: string, item: unknown, options: Sent = {}): Promise<Answer> {
  const headers = { ...json, ...options.headers };
  return send(`${url}/v1/items`, { ...options, method: 'POST', headers, body: JSON.stringify(item) });
}

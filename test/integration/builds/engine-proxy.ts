import { mkdtemp, rm } from 'node:fs/promises';
import {
  createServer,
  type IncomingMessage,
  type RequestOptions,
  request,
  type ServerResponse,
} from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pipeline } from 'node:stream';

/** Replaces one exchange. Without `response` in it the request never reaches the engine. */
export type Fault = (incoming: IncomingMessage, outgoing: ServerResponse, forward: Forward) => unknown;
/** Passes the request on and gives the engine's answer, whose body nobody has read yet. */
export type Forward = () => Promise<IncomingMessage>;

export interface EngineProxy {
  /** `unix://…` */
  host: string;
  /** `METHOD /path?query` of every request, oldest first. */
  requests: string[];
  /** Does what it is told to requests whose `METHOD /path` matches; undefined: nothing. */
  fault: { on: RegExp; do: Fault } | undefined;
  close(): Promise<void>;
}

/** A transparent HTTP proxy on a unix socket in front of a real engine, which can be told to fail. */
export async function startEngineProxy(engine: string): Promise<EngineProxy> {
  const folder = await mkdtemp(join(tmpdir(), 'engine-proxy-'));
  const socketPath = join(folder, 'docker.sock');
  const server = createServer((incoming, outgoing) => {
    const line = `${incoming.method} ${incoming.url}`;
    proxy.requests.push(line);
    const forward = () => passOn(address(engine), incoming, outgoing);
    const fault = proxy.fault?.on.test(line) ? proxy.fault.do : transparent;
    Promise.resolve(fault(incoming, outgoing, forward)).catch((error: Error) => outgoing.destroy(error));
  });
  const proxy: EngineProxy = {
    host: `unix://${socketPath}`,
    requests: [],
    fault: undefined,
    close: async () => {
      server.closeAllConnections();
      await new Promise((done) => server.close(done));
      await rm(folder, { recursive: true });
    },
  };
  await new Promise<void>((listening) => server.listen(socketPath, listening));
  return proxy;
}

const transparent: Fault = async (_, outgoing, forward) => {
  const answer = await forward();
  outgoing.writeHead(answer.statusCode!, answer.headers);
  outgoing.flushHeaders();
  pipeline(answer, outgoing, () => answer.destroy());
};

/** Lets lines of a JSON stream through as `rewrite` returns them: changed, or `cut` to end the connection there. */
export function rewriteLines(
  rewrite: (line: string, index: number, isLast: boolean) => string | typeof cut,
): Fault {
  return async (_, outgoing, forward) => {
    const answer = await forward();
    outgoing.writeHead(answer.statusCode!, answer.headers);
    outgoing.flushHeaders();
    let index = 0;
    let waiting: string | undefined; // whether a line is the last shows when the next does not come
    const pass = (isLast: boolean): boolean => {
      if (waiting === undefined) return true;
      const rewritten = rewrite(waiting, index++, isLast);
      if (rewritten === cut) outgoing.socket?.destroy();
      else outgoing.write(`${rewritten}\n`);
      return rewritten !== cut;
    };
    for await (const line of linesOf(answer)) {
      if (!pass(false)) return;
      waiting = line;
    }
    if (pass(true)) outgoing.end();
  };
}

async function* linesOf(answer: IncomingMessage): AsyncGenerator<string> {
  let rest = '';
  for await (const chunk of answer.setEncoding('utf8')) {
    const lines = (rest + chunk).split('\n');
    rest = lines.pop()!;
    yield* lines;
  }
  if (rest) yield rest;
}

export const cut: unique symbol = Symbol('cut the connection');

function passOn(
  target: RequestOptions,
  incoming: IncomingMessage,
  outgoing: ServerResponse,
): Promise<IncomingMessage> {
  return new Promise((answered, failed) => {
    const { method, url: path, headers } = incoming;
    const upstream = request({ ...target, method, path, headers }, answered).on('error', failed);
    outgoing.on('close', () => upstream.destroy());
    incoming.pipe(upstream);
  });
}

function address(engine: string): RequestOptions {
  const url = new URL(engine);
  return url.protocol === 'unix:' ? { socketPath: url.pathname } : { host: url.hostname, port: url.port };
}

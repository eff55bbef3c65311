import { type AgentOptions, Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent, type RequestOptions } from 'node:https';
import type { Duplex } from 'node:stream';
import type { ProxyServer } from './proxy.ts';
import { openTunnel } from './tunnel.ts';

type Connected = (error: Error | null, connection?: Duplex) => void;
type Connect = (options: RequestOptions & { socket?: Duplex }, connected: Connected) => Duplex | undefined;

/** Keeps and hands out connections as Node's own agents do; each is a tunnel. None is begun once the signal is aborted. */
export function tunnelAgent(
  proxy: ProxyServer,
  secure: boolean,
  options: AgentOptions,
  signal: AbortSignal,
): HttpAgent {
  const agent = secure ? new HttpsAgent(options) : new HttpAgent(options);
  const inner: { createConnection: Connect } = agent as never;
  const direct = inner.createConnection.bind(agent);
  inner.createConnection = (asked, connected) => {
    const to = { host: String(asked.host), port: Number(asked.port) };
    openTunnel(proxy, to, signal).then(
      (socket) => connected(null, secure ? direct({ ...asked, socket }, connected) : socket),
      (error: Error) => connected(error),
    );
    return undefined;
  };
  return agent;
}

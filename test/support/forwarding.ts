import { type ForwardOptions, forward } from '../../src/actions/forward.ts';
import type { Event } from '../../src/core/events.ts';
import type { Target } from '../../src/targets/target.ts';

export interface Forwarding {
  url: string;
  events: Event[];
  /** Where connections have led to, each change once. */
  instances(): string[];
  stop(): Promise<void>;
}

/** Starts to forward, and returns once the address is told. */
export async function startForwarding(
  target: Pick<Target, 'connect'>,
  service: string,
  options: Partial<ForwardOptions> = {},
): Promise<Forwarding> {
  const stopping = new AbortController();
  const events: Event[] = [];
  let running: Promise<void> = Promise.resolve();
  const port = await new Promise<number>((listening, failed) => {
    running = forward(
      { service, port: 'http', localPort: 0, timeout: 20_000, ...options },
      { target, emit: (event) => void events.push(event), signal: stopping.signal, listening },
    );
    running.catch(failed);
  });
  return {
    url: `http://127.0.0.1:${port}`,
    events,
    instances: () => events.flatMap((event) => (event.type === 'forwarding' ? event.to : [])),
    stop: () => {
      stopping.abort();
      return running;
    },
  };
}

/** The answer to a request on a connection of its own. */
export async function get(url: string, init: RequestInit = {}): Promise<string> {
  const answer = await fetch(url, { ...init, headers: { connection: 'close' } });
  if (!answer.ok) throw new Error(`${url}: ${answer.status}`);
  return answer.text();
}

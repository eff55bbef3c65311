import { delay } from '../../../core/duration.ts';
import { kubectlCommand } from '../kubectl-command.ts';
import { ApiError, accessRefusal } from './api-error.ts';
import type { Access } from './kubeconfig.ts';
import { createLink } from './link.ts';
import { slots } from './slots.ts';
import { ConnectError, LostError, type WireRequest, type WireResponse } from './transport.ts';
import { unreachable } from './unreachable.ts';
import type { Upgraded } from './web-socket.ts';

export interface ApiRequest {
  method?: WireRequest['method'];
  path: string;
  query?: Readonly<Record<string, string | undefined>>;
  /** Sent as JSON. */
  body?: unknown;
  contentType?: string;
  accept?: string;
  signal?: AbortSignal;
  /** Milliseconds for one answer, where the usual time is too long. */
  timeout?: number;
  /** For a stream, such as a followed log: gets its text as it comes. Streams are not counted among those in flight. */
  onData?: (text: string) => void;
}

export interface ApiResponse<T = unknown> {
  value: T;
  headers: WireResponse['headers'];
}

/** One cluster's API. Throws ExpectedError for what is wrong with the way there or our rights, ApiError for other refusals. */
export interface ApiClient {
  /** Begins the connection, and asks nothing. */
  connect(): void;
  request<T>(request: ApiRequest): Promise<ApiResponse<T>>;
  /** The body as text. */
  text(request: ApiRequest): Promise<string>;
  /** A connection of its own that speaks WebSocket in the given subprotocol. */
  upgrade(request: Pick<ApiRequest, 'path' | 'query' | 'signal'>, protocol: string): Promise<Upgraded>;
  close(): void;
}

export interface ClientOptions {
  context: string;
  /** The file that was given for this run, where one was; for hints. */
  kubeconfig?: string;
  /** Called at the first request, and again after a 401. The signal is aborted by `close`. */
  access: (signal: AbortSignal) => Promise<Access>;
  /** Milliseconds for one answer. */
  timeout?: number;
  /** Ends the wait for the first connection. */
  signal?: AbortSignal;
}

const inFlight = 8;
const attempts = 10;
const firstPause = 200;
const longestPause = 5000;
/** Milliseconds for one request with all that is tried again. */
const budget = 30_000;
/** Milliseconds for a server that has never answered. */
const firstTimeout = 5000;

export function createApiClient({
  context,
  kubeconfig,
  access,
  timeout = 15_000,
  signal,
}: ClientOptions): ApiClient {
  const kubectl = kubectlCommand(context, kubeconfig);
  const free = slots(inFlight);
  const lost = (error: Error, access: Access) =>
    unreachable(error, { context, kubectl, access, env: process.env });
  const link = createLink(context, access, signal);

  /** Sends until there is an answer that `read` can make use of. */
  const send = async <T>(request: ApiRequest, read: (response: WireResponse) => T): Promise<T> => {
    const started = performance.now();
    const elapsed = () => performance.now() - started;
    // A stream cannot begin anew: who reads it knows how far it came.
    let begun = false;
    const onData =
      request.onData &&
      ((text: string) => {
        begun = true;
        request.onData!(text);
      });
    for (let attempt = 1; ; attempt++) {
      let wait = Math.min(longestPause, firstPause * 2 ** (attempt - 1)) * (0.5 + Math.random() / 2);
      const used = await link.access();
      const spent = (pause: number) => elapsed() + pause > budget;
      try {
        const usual = request.timeout ?? timeout;
        const limit = link.answered() ? usual : Math.min(usual, firstTimeout);
        const response = await link.send({ ...wireRequest(request, used, limit), onData });
        if (response.status < 300) return read(response);
        const error = new ApiError(response.status, response.body);
        if (response.status === 401 && link.renew(used)) continue;
        const refusal = accessRefusal(error, context, kubectl);
        if (refusal) throw refusal;
        wait = retryAfter(response) ?? wait;
        if (!error.passing || attempt >= attempts || spent(wait)) throw error;
      } catch (error) {
        if (!(error instanceof ConnectError || error instanceof LostError)) throw error;
        // A server that has never answered is probably not there; one that has may be starting again.
        const hopeless = !link.answered() && (error instanceof ConnectError || elapsed() >= firstTimeout);
        const enough = spent(wait) || (attempt >= attempts && error instanceof LostError);
        if (hopeless || enough || begun) throw lost(error, used);
      }
      await delay(wait, request.signal ?? never);
    }
  };
  const limited = <T>(request: ApiRequest, read: (response: WireResponse) => T) =>
    request.onData ? send(request, read) : free(() => send(request, read));

  return {
    connect: () => link.connect(),
    request: <T>(request: ApiRequest) =>
      limited(request, ({ body, headers }) => ({ value: parsed<T>(body), headers })),
    text: (request) => limited(request, ({ body }) => body),
    async upgrade(request, protocol) {
      const { openWebSocket } = await import('./web-socket.ts');
      for (;;) {
        const used = await link.access();
        try {
          return await openWebSocket(
            used,
            wireRequest({ ...request, accept: '*/*' }, used, timeout),
            protocol,
          );
        } catch (error) {
          if (error instanceof ConnectError) throw lost(error, used);
          if (!(error instanceof ApiError)) throw error;
          if (error.status === 401 && link.renew(used)) continue;
          throw accessRefusal(error, context, kubectl) ?? error;
        }
      }
    },
    close: () => link.close(),
  };
}

const never = new AbortController().signal;

function wireRequest(request: ApiRequest, { server, headers }: Access, timeout: number): WireRequest {
  const {
    method = 'GET',
    path,
    query = {},
    body,
    contentType = 'application/json',
    accept = 'application/json',
  } = request;
  const given = Object.entries(query).filter((entry): entry is [string, string] => entry[1] !== undefined);
  const search = new URLSearchParams(given).toString();
  // Some servers are one of many behind one address, told apart by a path.
  const base = server.pathname.replace(/\/$/, '');
  return {
    method,
    path: `${base}${path}${search ? `?${search}` : ''}`,
    headers: {
      ...headers,
      accept,
      'user-agent': 'cloudnative',
      ...(body === undefined ? {} : { 'content-type': contentType }),
    },
    body: body === undefined ? undefined : jsonText(body),
    timeout,
    signal: request.signal,
  };
}

/** JSON that is YAML too, which servers read what is applied as: it takes these characters only escaped, or for the end of a line. */
function jsonText(body: unknown): string {
  return JSON.stringify(body).replace(
    /[\u007f-\u009f\u2028\u2029\ufeff\ufffe\uffff]/g,
    (one) => `\\u${one.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

function parsed<T>(body: string): T {
  try {
    return JSON.parse(body) as T;
  } catch {
    // Cut short by something between us and the server.
    throw new LostError('its answers are cut short');
  }
}

/** Milliseconds that the server wants to be left alone, with a little more so that not all come back at once. */
function retryAfter({ headers }: WireResponse): number | undefined {
  const seconds = Number(headers['retry-after']);
  return seconds > 0 ? seconds * 1000 * (1 + Math.random() * 0.08) : undefined;
}

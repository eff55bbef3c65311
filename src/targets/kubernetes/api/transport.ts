export interface WireRequest {
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** With its query. */
  path: string;
  headers: Readonly<Record<string, string>>;
  body?: string;
  /** Milliseconds without an answer, or, for a stream, until the answer begins. */
  timeout: number;
  signal?: AbortSignal;
  /** Gets the body of a success in pieces as they come, instead of the response. */
  onData?: (text: string) => void;
}

export interface WireResponse {
  status: number;
  headers: Readonly<Record<string, string | undefined>>;
  body: string;
}

/** Sends requests to one server. Rejects with ConnectError, or LostError when the answer did not come whole. */
export interface Transport {
  send(request: WireRequest): Promise<WireResponse>;
  close(): void;
}

/** No connection could be made. */
export class ConnectError extends Error {}

/** What one of several addresses of a name was tried for in vain has no words of its own. */
export function reasonIn(error: Error): string {
  const first: unknown = error instanceof AggregateError ? error.errors[0] : undefined;
  return first instanceof Error ? first.message : error.message;
}

/** The connection broke, or took too long, before the whole answer was there. */
export class LostError extends Error {}

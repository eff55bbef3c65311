import { randomBytes } from 'node:crypto';

/** W3C trace context: the trace this request belongs to, and this request's own span. */
export interface Trace {
  /** 32 hexadecimal digits. */
  traceId: string;
  /** 16 hexadecimal digits. */
  spanId: string;
  /** 2 hexadecimal digits. */
  flags: string;
}

const format =
  /^(?!ff)[0-9a-f]{2}-(?!0{32})(?<traceId>[0-9a-f]{32})-(?!0{16})[0-9a-f]{16}-(?<flags>[0-9a-f]{2})(?<more>-.*)?$/;

/** Continues the caller's trace when `traceparent` is valid, else starts one. */
export function startTrace(traceparent: string | undefined): Trace {
  const { traceId, flags, more } = format.exec(traceparent ?? '')?.groups ?? {};
  const spanId = randomBytes(8).toString('hex');
  // Only versions to come may have further fields.
  const known = traceId && flags && !(more && traceparent?.startsWith('00'));
  if (known) return { traceId, spanId, flags };
  return { traceId: randomBytes(16).toString('hex'), spanId, flags: '01' };
}

/** The header for a request made on behalf of this one. */
export function traceparent({ traceId, spanId, flags }: Trace): string {
  return `00-${traceId}-${spanId}-${flags}`;
}

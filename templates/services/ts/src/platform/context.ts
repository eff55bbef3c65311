import type { FastifyBaseLogger } from 'fastify';
import type { Trace } from './trace.ts';

/** What the code behind a request may know of it. */
export interface RequestContext {
  requestId: string;
  trace: Trace;
  log: FastifyBaseLogger;
}

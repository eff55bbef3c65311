import Fastify from 'fastify';
import type { RequestContext } from '../../src/platform/context.ts';
import { startTrace } from '../../src/platform/trace.ts';

/** The log of an app without one says nothing. */
export const silentLog = Fastify().log;

export function requestContext(): RequestContext {
  return { requestId: 'request-1', trace: startTrace(undefined), log: silentLog };
}

import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import Fastify, {
  type FastifyBaseLogger,
  type FastifyInstance,
  type FastifyRequest,
  LogController,
} from 'fastify';
import type { RequestContext } from './context.ts';
import type { Health } from './health.ts';
import { type Problem, sendProblem, toProblem } from './problem.ts';
import { startTrace } from './trace.ts';
import { refuseUnmatched } from './unmatched.ts';

export interface ServerOptions {
  log: FastifyBaseLogger;
  health: Health;
  /** Problems for errors of the service's own. */
  explain?: (error: unknown) => Problem | undefined;
}

declare module 'fastify' {
  interface FastifyRequest {
    context: RequestContext;
  }
}

/** A server with request ids, traces and problem answers, and no routes yet. */
export function createServer({ log, health, explain }: ServerOptions): FastifyInstance {
  const app = Fastify({
    loggerInstance: log,
    logController: new LogController({
      disableRequestLogging: true,
      requestIdLogLabel: 'request_id',
    }),
    genReqId: requestId,
    bodyLimit: 64 * 1024,
    requestTimeout: 30_000,
    // Longer than any path, so that a long id is an ordinary 404.
    routerOptions: { maxParamLength: 16_384 },
    ajv: { customOptions: { allErrors: true, coerceTypes: false, removeAdditional: false } },
    frameworkErrors: (error, request, reply) => {
      begin(request);
      reply.header('x-request-id', request.id);
      sendProblem(toProblem(error), request, reply);
    },
  });
  app.removeContentTypeParser('text/plain');
  app.decorateRequest('context');

  app.addHook('onRequest', async (request, reply) => {
    begin(request);
    reply.log = request.log;
    reply.header('x-request-id', request.id);
  });
  app.addHook('onSend', async (_request, reply) => {
    // Callers with a kept connection then open their next one, elsewhere.
    if (health.status === 'draining') reply.header('connection', 'close');
  });
  app.setErrorHandler((error, request, reply) => {
    const problem = explain?.(error) ?? toProblem(error);
    if (problem.status >= 500) request.log.error({ err: error }, problem.message);
    return sendProblem(problem, request, reply);
  });
  refuseUnmatched(app);
  return app;
}

function begin(request: FastifyRequest): void {
  const given = request.headers.traceparent;
  const trace = startTrace(typeof given === 'string' ? given : undefined);
  request.log = request.log.child({ trace_id: trace.traceId, span_id: trace.spanId });
  request.context = { requestId: request.id, trace, log: request.log };
}

function requestId(request: IncomingMessage): string {
  const given = request.headers['x-request-id'];
  return typeof given === 'string' && /^[\w.-]{1,64}$/.test(given) ? given : randomUUID();
}

import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Metrics } from './metrics.ts';
import { pathOf } from './problem.ts';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Neither counted nor logged, such as probes. */
    quiet?: boolean;
  }
}

/** Counts, times and logs every request but those of quiet routes. */
export function observeRequests(app: FastifyInstance, metrics: Metrics): void {
  app.addHook('onRequest', async (request, reply) => {
    if (request.routeOptions.config.quiet) return;
    const started = performance.now();
    metrics.requestStarted();
    // Not onResponse: that one is never called when the caller goes away first.
    reply.raw.once('close', () => {
      const milliseconds = performance.now() - started;
      const route = routeOf(request);
      const status = statusOf(reply);
      metrics.requestEnded({ method: request.method, route, status, seconds: milliseconds / 1000 });
      request.log.info(
        {
          method: request.method,
          route,
          path: pathOf(request),
          status,
          duration_ms: Number(milliseconds.toFixed(3)),
        },
        'request',
      );
    });
  });
}

/** The pattern, `/v1/items/{id}`: one label value however many items there are. */
function routeOf(request: FastifyRequest): string {
  return request.routeOptions.url?.replaceAll(/:(\w+)/g, '{$1}') ?? 'unmatched';
}

/** 499 says that the caller left before the answer. */
function statusOf(reply: FastifyReply): number {
  return reply.raw.writableFinished ? reply.statusCode : 499;
}

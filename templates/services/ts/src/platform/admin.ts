import type { FastifyInstance } from 'fastify';
import type { Metrics } from './metrics.ts';
import { addProbes } from './probes.ts';
import { createServer, type ServerOptions } from './server.ts';
import type { Version } from './version.ts';

export interface AdminOptions extends ServerOptions {
  metrics: Metrics;
  version: Version;
}

/** The port for operators: metrics and probes. Never routed from outside. */
export function createAdmin({ metrics, version, ...options }: AdminOptions): FastifyInstance {
  const app = createServer(options);
  addProbes(app, { health: options.health, version });
  app.get('/metrics', async (_request, reply) =>
    reply.type(metrics.contentType).send(await metrics.text()),
  );
  return app;
}

import type { FastifyInstance } from 'fastify';
import type { ItemEndpoints } from '../endpoint/items.ts';
import type { Metrics } from '../platform/metrics.ts';
import { observeRequests } from '../platform/observe.ts';
import { addProbes } from '../platform/probes.ts';
import { Problem } from '../platform/problem.ts';
import { createServer, type ServerOptions } from '../platform/server.ts';
import type { Version } from '../platform/version.ts';
import { ServiceError, type ServiceErrorCode } from '../service/errors.ts';
import { addItemRoutes } from './items.ts';

export interface HttpApiOptions extends Omit<ServerOptions, 'explain'> {
  endpoints: ItemEndpoints;
  metrics: Metrics;
  version: Version;
}

const statuses: Record<ServiceErrorCode, number> = { not_found: 404, unavailable: 502 };

/** The public port. */
export function createHttpApi(options: HttpApiOptions): FastifyInstance {
  const { endpoints, metrics, log, health, version } = options;
  const app = createServer({ log, health, explain });
  observeRequests(app, metrics);
  addProbes(app, { health, version });
  addItemRoutes(app, endpoints);
  return app;
}

function explain(error: unknown): Problem | undefined {
  if (error instanceof ServiceError) return new Problem(statuses[error.code], error.message);
}

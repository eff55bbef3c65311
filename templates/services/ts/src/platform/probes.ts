import type { FastifyInstance } from 'fastify';
import type { Health } from './health.ts';
import type { Version } from './version.ts';

/** Liveness never asks a dependency: a restart would not mend it. */
export function addProbes(
  app: FastifyInstance,
  { health, version }: { health: Health; version: Version },
): void {
  const quiet = { config: { quiet: true } };
  for (const path of ['/livez', '/health']) app.get(path, quiet, async () => ({ status: 'ok' }));
  app.get('/readyz', quiet, async (_request, reply) =>
    reply.code(health.status === 'ready' ? 200 : 503).send({ status: health.status }),
  );
  app.get('/version', quiet, async () => version);
}

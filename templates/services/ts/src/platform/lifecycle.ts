import { once } from 'node:events';
import type { Server } from 'node:http';
import { Server as NetServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { FastifyBaseLogger, FastifyInstance } from 'fastify';
import type { Health } from './health.ts';

export interface Lifecycle {
  api: FastifyInstance;
  admin: FastifyInstance;
  config: {
    host: string;
    httpPort: number;
    adminPort: number;
    shutdownDrain: number;
    shutdownTimeout: number;
  };
  health: Health;
  log: FastifyBaseLogger;
}

/** How long kept connections without a request may take to ask once more, in milliseconds. */
const linger = 1000;

/** Serves until SIGTERM or SIGINT, then drains. Rejects when a port cannot be had. A second signal ends the process. */
export async function serveUntilSignal({
  api,
  admin,
  config,
  health,
  log,
}: Lifecycle): Promise<void> {
  const signal = nextSignal(log);
  await listen(admin, config.host, config.adminPort);
  await listen(api, config.host, config.httpPort);
  health.status = 'ready';
  log.info(
    { host: config.host, http_port: config.httpPort, admin_port: config.adminPort },
    'ready',
  );

  log.info({ signal: await signal }, 'draining');
  health.status = 'draining';
  await sleep(config.shutdownDrain);
  await close(api.server, config.shutdownTimeout, log);
  await close(admin.server, linger, log);
  log.info('stopped');
}

function nextSignal(log: FastifyBaseLogger): Promise<string> {
  return new Promise((resolve) => {
    let signals = 0;
    for (const name of ['SIGTERM', 'SIGINT'] as const) {
      process.on(name, () => {
        signals += 1;
        if (signals === 1) return resolve(name);
        log.warn({ signal: name }, 'stopped at once by a second signal');
        process.exit(1);
      });
    }
  });
}

async function listen(app: FastifyInstance, host: string, port: number): Promise<void> {
  await app.ready();
  app.server.listen({ host, port });
  try {
    await once(app.server, 'listening');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const reason = code === 'EADDRINUSE' ? 'it is in use' : code;
    throw new Error(`cannot listen on port ${port} of ${host}: ${reason}`, { cause: error });
  }
}

async function close(server: Server, timeout: number, log: FastifyBaseLogger): Promise<void> {
  const cut = setTimeout(() => {
    log.warn('requests in flight are cut: SHUTDOWN_TIMEOUT is over');
    server.closeAllConnections();
  }, timeout);
  // The close of http.Server would also end kept connections, some with their next request on the way.
  const closed = new Promise((resolve) => NetServer.prototype.close.call(server, resolve));
  await Promise.race([closed, sleep(Math.min(linger, timeout))]);
  server.closeIdleConnections();
  await closed;
  clearTimeout(cut);
}

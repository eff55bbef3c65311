import type { FastifyBaseLogger } from 'fastify';
import { destination, pino, stdTimeFunctions } from 'pino';
import type { LogLevel } from './config.ts';
import type { Version } from './version.ts';

const secretHeaders = ['authorization', 'cookie', 'set-cookie'];

/** One JSON object a line on standard output. */
export function createLog(level: LogLevel, { name, version }: Version): FastifyBaseLogger {
  const options = {
    level,
    base: { service: name, version },
    timestamp: stdTimeFunctions.isoTime,
    formatters: { level: (label: string) => ({ level: label }) },
    redact: secretHeaders.flatMap((header) => [`headers["${header}"]`, `*.headers["${header}"]`]),
  };
  // Synchronous, so that the last lines before an exit are whole and in order.
  return pino(options, destination({ dest: 1, sync: true }));
}

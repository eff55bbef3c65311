import assert from 'node:assert/strict';
import { Agent, type ClientRequest, get, type IncomingMessage } from 'node:http';
import { describe, it } from 'node:test';
import { createHealth } from '../../src/platform/health.ts';
import { serveUntilSignal } from '../../src/platform/lifecycle.ts';
import { createServer } from '../../src/platform/server.ts';
import { silentLog } from '../support/context.ts';
import { freePort } from '../support/port.ts';

describe('lifecycle', () => {
  it('answers kept connections once more after the signal', async () => {
    const health = createHealth();
    const api = createServer({ log: silentLog, health });
    const admin = createServer({ log: silentLog, health });
    api.get('/', async () => 'here');
    const [httpPort, adminPort] = [await freePort(), await freePort()];
    const times = { shutdownDrain: 0, shutdownTimeout: 30_000 };
    const config = { host: '127.0.0.1', httpPort, adminPort, ...times };
    const ended = serveUntilSignal({ api, admin, config, health, log: silentLog });

    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    const ask = () => answerTo(get(`http://127.0.0.1:${httpPort}/`, { agent }));
    while (health.status !== 'ready') await new Promise(setImmediate);
    assert.equal((await ask()).headers.connection, 'keep-alive');

    process.emit('SIGTERM');
    while (api.server.listening) await new Promise(setImmediate);
    assert.equal((await ask()).headers.connection, 'close');
    await ended;
    assert.equal(health.status, 'draining');
  });
});

function answerTo(request: ClientRequest): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    request.on('error', reject);
    request.on('response', (response) => {
      response.resume();
      response.on('end', () => resolve(response));
    });
  });
}

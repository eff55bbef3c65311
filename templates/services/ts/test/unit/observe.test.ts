import assert from 'node:assert/strict';
import { request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, it, type TestContext } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { createHealth } from '../../src/platform/health.ts';
import { createMetrics } from '../../src/platform/metrics.ts';
import { observeRequests } from '../../src/platform/observe.ts';
import { createServer } from '../../src/platform/server.ts';
import { readVersion } from '../../src/platform/version.ts';
import { silentLog } from '../support/context.ts';

async function observed(test: TestContext) {
  const metrics = createMetrics(readVersion({}));
  const app = createServer({ log: silentLog, health: createHealth() });
  observeRequests(app, metrics);
  const arrivals: string[] = [];
  app.get('/never/:id', (request) => {
    arrivals.push(request.url);
    return new Promise(() => {});
  });
  app.get('/quiet', { config: { quiet: true } }, async () => 'quiet');
  await app.listen({ host: '127.0.0.1', port: 0 });
  test.after(() => app.close());
  const { port } = app.server.address() as AddressInfo;
  return { metrics, arrivals, url: `http://127.0.0.1:${port}` };
}

describe('observation of requests', () => {
  it('counts a caller that left before the answer as 499', async (test) => {
    const { metrics, arrivals, url } = await observed(test);
    const left = request(`${url}/never/1`).on('error', () => {});
    left.end();
    while (arrivals.length === 0) await sleep(5);
    assert.match(await metrics.text(), /^http_server_active_requests 1$/m);
    left.destroy();
    while (!/^http_server_active_requests 0$/m.test(await metrics.text())) await sleep(5);
    assert.match(
      await metrics.text(),
      /_count{.*"\/never\/{id}",http_response_status_code="499"} 1/,
    );
  });

  it('leaves quiet routes out', async (test) => {
    const { metrics, url } = await observed(test);
    assert.equal((await fetch(`${url}/quiet`)).status, 200);
    assert.doesNotMatch(await metrics.text(), /http_server_request_duration_seconds_count/);
  });
});

import { Agent } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import type { Built } from './harness/build.ts';
import { createItem, send } from './harness/http.ts';
import type { Service } from './harness/service.ts';
import { stageForTest } from './harness/stage.ts';

/** What became of the requests, and whether the balancer still sends some. */
interface Load {
  answered: number;
  failures: string[];
  open: boolean;
}

export function drainTests(built: () => Built): void {
  it('loses no request when it is stopped under load', { timeout: 60_000 }, async () => {
    const { service } = await stageForTest(built(), { settings: { SHUTDOWN_DRAIN: '1s' } });
    const load: Load = { answered: 0, failures: [], open: true };
    const agent = new Agent({ keepAlive: true, maxSockets: 4 });
    const senders = Array.from({ length: 8 }, (_, n) =>
      sendUntilClosed(service, load, n < 4 ? agent : undefined),
    );
    while (load.answered < 200 && load.failures.length === 0) await sleep(5);

    const told = Date.now();
    service.signal('SIGTERM');
    const during = await balance(service, load);
    expect(Date.now() - told).toBeLessThan(1000);
    expect(during.json()).toEqual({ status: 'draining' });
    expect((await send(`${service.url}/livez`)).status).toBe(200);
    expect((await send(`${service.adminUrl}/readyz`)).status).toBe(503);
    expect((await createItem(service.url, { name: 'late', quantity: 1 })).status).toBe(201);

    await Promise.all(senders);
    expect(load.failures).toEqual([]);
    expect(await service.exit).toBe(0);
    expect(Date.now() - told).toBeGreaterThanOrEqual(1000);
    agent.destroy();
  });

  describe('a stopping service', () => {
    it('asks kept connections to go', async () => {
      const { service } = await stageForTest(built(), { settings: { SHUTDOWN_DRAIN: '1s' } });
      const agent = new Agent({ keepAlive: true, maxSockets: 1 });
      const before = await send(`${service.url}/v1/items`, { agent });
      expect(before.headers.connection).not.toBe('close');
      service.signal('SIGTERM');
      await balance(service, { answered: 0, failures: [], open: true });
      expect((await send(`${service.url}/v1/items`, { agent })).headers.connection).toBe('close');
      expect(await service.exit).toBe(0);
      agent.destroy();
    });
  });
}

/** Does what a balancer does: takes the service out as soon as it says that it is not ready. */
async function balance(service: Service, load: Load) {
  for (;;) {
    const answer = await send(`${service.url}/readyz`);
    if (answer.status === 503) {
      load.open = false;
      return answer;
    }
    await sleep(10);
  }
}

async function sendUntilClosed(service: Service, load: Load, agent?: Agent): Promise<void> {
  while (load.open && load.answered < 2000) {
    try {
      const { status } = await createItem(service.url, { name: 'lamp', quantity: 1 }, { agent });
      if (status === 201) load.answered += 1;
      else load.failures.push(`status ${status}`);
    } catch (error) {
      load.failures.push(String(error));
    }
    await sleep(5);
  }
}

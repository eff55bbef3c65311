import { once } from 'node:events';
import { Agent } from 'node:http';
import { type AddressInfo, createServer } from 'node:net';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import type { Built } from './harness/build.ts';
import { created } from './harness/callee.ts';
import { parseExposition, sumOf } from './harness/exposition.ts';
import { createItem, send } from './harness/http.ts';
import { startProgram } from './harness/program.ts';
import { freePorts } from './harness/service.ts';
import { stageForTest } from './harness/stage.ts';

export function shutdownTests(built: () => Built): void {
  describe('shutdown', () => {
    it.each(['SIGTERM', 'SIGINT'] as const)(
      'ends with 0 after %s, kept connections or not',
      async (signal) => {
        const { service } = await stageForTest(built());
        const agent = new Agent({ keepAlive: true });
        await send(`${service.url}/v1/items`, { agent });
        const told = Date.now();
        service.signal(signal);
        expect(await service.exit).toBe(0);
        expect(Date.now() - told).toBeLessThan(10_000);
        agent.destroy();
      },
    );

    it('finishes requests in flight and answers operators to the end', async () => {
      const held: (() => void)[] = [];
      const { service } = await stageForTest(built(), {
        answer: (response, path) => {
          if (path.startsWith('/catalog')) held.push(() => created(response));
          else created(response);
        },
        settings: { CALL_TIMEOUT: '20s' },
      });
      const answers = Array.from({ length: 20 }, (_, n) =>
        createItem(service.url, { name: `item ${n}`, quantity: 1 }),
      );
      await vi.waitFor(() => expect(held).toHaveLength(20), 5000);
      service.signal('SIGTERM');
      await vi.waitFor(() => expect(send(`${service.url}/livez`)).rejects.toThrow('ECONNREFUSED'), 5000);
      const seen = parseExposition((await send(`${service.adminUrl}/metrics`)).text);
      expect(sumOf(seen, 'http_server_active_requests')).toBe(20);
      expect((await send(`${service.adminUrl}/readyz`)).json()).toEqual({ status: 'draining' });
      for (const release of held) release();
      expect((await Promise.all(answers)).map((answer) => answer.status)).toEqual(Array(20).fill(201));
      expect(await service.exit).toBe(0);
    });

    it('waits no longer than SHUTDOWN_TIMEOUT', async () => {
      const { service, callee } = await stageForTest(built(), {
        answer: () => {},
        settings: { CALL_TIMEOUT: '60s', SHUTDOWN_TIMEOUT: '300ms' },
      });
      const answer = createItem(service.url, { name: 'lamp', quantity: 1 }).catch(() => undefined);
      await vi.waitFor(() => expect(callee.received).toHaveLength(1));
      const told = Date.now();
      service.signal('SIGTERM');
      await service.exit;
      expect(Date.now() - told).toBeLessThan(10_000);
      expect((await answer)?.status).not.toBe(201);
    });

    it('ends at once with 1 after a second signal', async () => {
      const { service } = await stageForTest(built(), { settings: { SHUTDOWN_DRAIN: '5m' } });
      service.signal('SIGTERM');
      await vi.waitFor(async () => expect((await send(`${service.url}/readyz`)).status).toBe(503));
      const told = Date.now();
      service.signal('SIGTERM');
      expect(await service.exit).toBe(1);
      expect(Date.now() - told).toBeLessThan(5000);
    });
  });

  describe('start', () => {
    it.each(['HTTP_PORT', 'ADMIN_PORT'])('ends with 1 and one line when %s is in use', async (name) => {
      const taken = createServer().listen(0, '127.0.0.1');
      await once(taken, 'listening');
      onTestFinished(() => void taken.close());
      const port = String((taken.address() as AddressInfo).port);
      const [http, admin] = await freePorts(2);
      const env = { HOST: '127.0.0.1', HTTP_PORT: String(http), ADMIN_PORT: String(admin), [name]: port };
      const program = startProgram(built(), env);
      expect(await program.exit).toBe(1);
      const errors = program.logs().filter((line) => line.level === 'error');
      expect(errors).toHaveLength(1);
      expect(JSON.stringify(errors[0])).toContain(port);
      expect(program.stderr()).toBe('');
    });
  });
}

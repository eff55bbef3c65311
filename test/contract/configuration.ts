import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { Built } from './harness/build.ts';
import { runProgram } from './harness/program.ts';
import { freePorts } from './harness/service.ts';
import { stageForTest } from './harness/stage.ts';

const defaults = {
  HOST: '0.0.0.0',
  HTTP_PORT: 8080,
  ADMIN_PORT: 9100,
  LOG_LEVEL: 'info',
  SHUTDOWN_DRAIN: '0s',
  SHUTDOWN_TIMEOUT: '30s',
  CALL_TIMEOUT: '2s',
  CATALOG_URL: 'http://catalog',
  STOCK_ROOM_URL: 'http://stock-room',
  SERVICE_VERSION: 'dev',
};

const wrong = {
  HTTP_PORT: '70000',
  ADMIN_PORT: 'metrics',
  LOG_LEVEL: 'loud',
  SHUTDOWN_DRAIN: '5',
  SHUTDOWN_TIMEOUT: '-1s',
  CALL_TIMEOUT: 'soon',
  CATALOG_URL: 'catalog',
  STOCK_ROOM_URL: 'ftp://stock-room',
};

export function configurationTests(built: () => Built): void {
  describe('configuration', () => {
    it('has defaults', async () => {
      const { code, stdout } = await runProgram(built(), {}, ['--print-config']);
      expect(code).toBe(0);
      expect(JSON.parse(stdout)).toMatchObject(defaults);
    });

    it('comes from the environment', async () => {
      const [http = 0, admin = 0] = await freePorts(2);
      const given = { LOG_LEVEL: 'warn', SHUTDOWN_DRAIN: '500ms', CATALOG_URL: 'https://catalog.example' };
      const env = { ...given, HTTP_PORT: String(http), ADMIN_PORT: String(admin), SERVICE_VERSION: '1.2.3' };
      const { code, stdout } = await runProgram(built(), env, ['--print-config']);
      expect(code).toBe(0);
      expect(JSON.parse(stdout)).toEqual(
        expect.objectContaining({
          ...defaults,
          ...given,
          HTTP_PORT: http,
          ADMIN_PORT: admin,
          SERVICE_VERSION: '1.2.3',
        }),
      );
    });

    it('reports every problem at once, before it listens', async () => {
      const { code, stdout, stderr } = await runProgram(built(), wrong);
      expect(code).toBe(1);
      for (const name of Object.keys(wrong)) expect(stderr).toMatch(new RegExp(`\\b${name}\\b`));
      expect(stderr).not.toMatch(/^\s+at |goroutine/m);
      expect(stdout).toBe('');
    });

    it.each(Object.entries(wrong))('refuses %s=%s alone', async (name, value) => {
      const { code, stderr } = await runProgram(built(), { [name]: value });
      expect(code).toBe(1);
      for (const other of Object.keys(wrong)) expect(stderr.includes(other)).toBe(other === name);
    });

    it('never shows a password', async () => {
      const env = { CATALOG_URL: 'http://user:sesame@catalog' };
      const shown = await runProgram(built(), env, ['--print-config']);
      expect(shown.stdout + shown.stderr).not.toContain('sesame');
      const refused = await runProgram(built(), { CATALOG_URL: 'ftp://user:sesame@catalog' });
      expect(refused.code).toBe(1);
      expect(refused.stdout + refused.stderr).not.toContain('sesame');
    });

    it('is not needed to tell the version', async () => {
      expect(await runProgram(built(), wrong, ['--version'])).toEqual({
        code: 0,
        stdout: 'order-desk dev\n',
        stderr: '',
      });
      const { stdout } = await runProgram(built(), { SERVICE_VERSION: '1.2.3' }, ['--version']);
      expect(stdout).toBe('order-desk 1.2.3\n');
    });
  });

  describe('healthcheck', () => {
    const check = (env: Record<string, string>) => runProgram(built(), env, ['healthcheck']);

    it('ends with 0 when the service is ready', async () => {
      const { service } = await stageForTest(built());
      expect(await check(service.env)).toEqual({ code: 0, stdout: '', stderr: '' });
    });

    it('ends with 1 and one line when nothing listens', async () => {
      const [closed] = await freePorts(1);
      const { code, stderr } = await check({ HTTP_PORT: String(closed) });
      expect(code).toBe(1);
      expect(stderr).toMatch(/^.+\n$/);
    });

    it.each([
      ['is not ready', true],
      ['does not answer', false],
    ])('ends with 1 and one line when the service %s', async (_, answers) => {
      const server = createServer((_, response) => {
        if (answers) response.writeHead(503).end('{"status":"draining"}');
      }).listen(0, '127.0.0.1');
      await once(server, 'listening');
      onTestFinished(() => void server.close());
      const started = Date.now();
      const { code, stderr } = await check({ HTTP_PORT: String((server.address() as AddressInfo).port) });
      expect(code).toBe(1);
      expect(stderr).toMatch(/^.+\n$/);
      expect(Date.now() - started).toBeLessThan(10_000);
    });
  });
}

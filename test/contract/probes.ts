import { describe, expect, it } from 'vitest';
import type { Built } from './harness/build.ts';
import { send } from './harness/http.ts';
import { stageForSuite } from './harness/stage.ts';

const build = {
  SERVICE_VERSION: '1.2.3-rc.1',
  SERVICE_REVISION: '0123456789ab',
  SERVICE_BUILD_DATE: '2026-01-02T03:04:05Z',
};

export function probeTests(built: () => Built): void {
  describe('probes', () => {
    const stage = stageForSuite(built, { settings: build });
    const address = (port: string) => (port === 'public' ? stage().service.url : stage().service.adminUrl);

    it.each([
      ['public', '/livez', { status: 'ok' }],
      ['public', '/health', { status: 'ok' }],
      ['public', '/readyz', { status: 'ready' }],
      ['admin', '/livez', { status: 'ok' }],
      ['admin', '/readyz', { status: 'ready' }],
    ])('answer on the %s port at %s', async (port, path, content) => {
      const answer = await send(`${address(port)}${path}`);
      expect(answer.status).toBe(200);
      expect(answer.headers['content-type']).toMatch(/^application\/json\b/);
      expect(answer.json()).toEqual(content);
    });

    it.each(['public', 'admin'])('tell the version on the %s port', async (port) => {
      const answer = await send(`${address(port)}/version`);
      expect(answer.status).toBe(200);
      expect(answer.json()).toEqual({
        name: 'order-desk',
        version: build.SERVICE_VERSION,
        revision: build.SERVICE_REVISION,
        buildDate: build.SERVICE_BUILD_DATE,
        runtime: expect.stringMatching(/\d+\.\d+/),
      });
    });

    it('keep the API off the admin port, and metrics off the public one', async () => {
      expect((await send(`${address('admin')}/v1/items`)).status).toBe(404);
      expect((await send(`${address('admin')}/metrics`)).status).toBe(200);
      expect((await send(`${address('public')}/metrics`)).status).toBe(404);
    });
  });
}

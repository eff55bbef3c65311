import { afterAll, beforeAll, expect, it } from 'vitest';
import { type DockerEngine, openDockerEngine } from '../../../src/system/docker-engine.ts';
import { createDockerTarget } from '../../../src/targets/docker/docker-target.ts';
import type { Target } from '../../../src/targets/target.ts';
import { get, startForwarding } from '../../support/forwarding.ts';
import { lab, labSuite } from '../../support/lab.ts';
import { docker, explanation } from '../builds/build-fixtures.ts';
import { deploy, environment, type TestApp, testApp } from './docker-place.ts';

labSuite('docker target', ['dockerHost'], () => {
  let engine: DockerEngine;
  let app: TestApp;
  let target: Target;
  beforeAll(async () => {
    engine = await openDockerEngine({ host: lab.dockerHost });
    app = await testApp(engine);
    target = createDockerTarget({ scope: { app: app.app, environment }, engine });
    await deploy(target, [app.desired('orders', { env: { GREETING: 'one' } })]);
  });
  afterAll(() => app.sweep());

  it('leads to the container that serves, and to the one that takes its place', async () => {
    const forwarding = await startForwarding(target, 'orders');
    const admin = await startForwarding(target, 'orders', { port: 'admin' });
    try {
      expect(JSON.parse(await get(`${forwarding.url}/env`))).toMatchObject({ GREETING: 'one' });
      await deploy(target, [app.desired('orders', { env: { GREETING: 'two' } })]);
      expect(JSON.parse(await get(`${forwarding.url}/env`))).toMatchObject({ GREETING: 'two' });
      expect(await get(admin.url)).toBe('ok');
      expect(forwarding.instances()).toEqual([`Container/${app.app}-${environment}-orders`]);
    } finally {
      await forwarding.stop();
      await admin.stop();
    }
  });

  it('says what is wrong: nothing there, stopped, an engine elsewhere', async () => {
    expect((await explanation(startForwarding(target, 'nobody'))).code).toBe('E_NOT_DEPLOYED');
    await docker('stop', '-t', '1', `${app.app}-${environment}-orders`);
    expect(await explanation(startForwarding(target, 'orders', { timeout: 500 }))).toMatchObject({
      code: 'E_NOT_READY',
      exit: 'timeout',
    });
    const remote = await openDockerEngine({ host: 'tcp://engine.example:2375' });
    const away = createDockerTarget({ scope: { app: app.app, environment }, engine: remote });
    expect(await explanation(startForwarding(away, 'orders'))).toMatchObject({
      code: 'E_NO_WAY',
      why: expect.stringContaining('engine.example'),
    });
  });
});

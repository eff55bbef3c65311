import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { type DockerEngine, openDockerEngine } from '../../../src/system/docker-engine.ts';
import { createDockerTarget } from '../../../src/targets/docker/docker-target.ts';
import type { DesiredService, Target } from '../../../src/targets/target.ts';
import { lab, labSuite } from '../../support/lab.ts';
import { docker, explanation } from '../builds/build-fixtures.ts';
import { deploy, environment, get, summary, type TestApp, testApp, urlOf } from './docker-place.ts';

// What people do to containers behind our back; the next deploy makes it right and says what it was.
labSuite('docker target', ['dockerHost'], () => {
  let engine: DockerEngine;
  let app: TestApp;
  let target: Target;
  let services: DesiredService[];
  let network: string;
  const name = (service: string) => `${network}-${service}`;
  const id = () => docker('inspect', '--format', '{{.Id}}', name('catalog'));
  beforeAll(async () => {
    engine = await openDockerEngine({ host: lab.dockerHost });
    app = await testApp(engine);
    network = `${app.app}-${environment}`;
    target = createDockerTarget({ scope: { app: app.app, environment }, engine });
    services = [app.desired('orders', { calls: ['catalog'] }), app.desired('catalog')];
  });
  beforeEach(async () => {
    await deploy(target, services);
  });
  afterAll(() => app.sweep());

  const repaired = async (expected: string[]) => {
    const { plan } = await deploy(target, services);
    expect(summary(plan).filter((line) => !line.endsWith(' none'))).toEqual(expected);
    expect((await target.plan(services)).changes.map(({ action }) => action)).toEqual([
      'none',
      'none',
      'none',
    ]);
    const containers = await docker(
      'ps',
      '-a',
      '--format',
      '{{.Names}}',
      '--filter',
      `label=cloudnative.dev/app=${app.app}`,
    );
    expect(containers.split('\n').sort()).toEqual([name('catalog'), name('orders')]);
    // The first call may still go out on a connection that the caller kept open to the container as it was.
    const url = await urlOf(target, 'orders');
    await expect.poll(() => get(`${url}/peer`), { timeout: 5_000 }).toMatch(/"HOSTNAME":"[0-9a-f]{12}"/);
  };

  it('removed', async () => {
    await docker('rm', '-f', name('catalog'));
    await repaired(['Container/catalog create new, or removed by someone']);
  });

  it('stopped', async () => {
    const before = await id();
    await docker('stop', name('catalog'));
    await repaired(['Container/catalog update stopped, with exit code 0']);
    expect(await id()).toBe(before);
  });

  it('killed', async () => {
    await docker('kill', name('catalog'));
    await repaired(['Container/catalog update stopped, with exit code 137']);
  });

  it('paused', async () => {
    const before = await id();
    await docker('pause', name('catalog'));
    await repaired(['Container/catalog update paused by someone']);
    expect(await id()).toBe(before);
  });

  it('renamed', async () => {
    const before = await id();
    await docker('rename', name('catalog'), `${app.app}-other`);
    await repaired([`Container/catalog update called ${app.app}-other`]);
    expect(await id()).toBe(before);
  });

  it('taken off the network', async () => {
    const before = await id();
    await docker('network', 'disconnect', network, name('catalog'));
    expect((await target.status()).find(({ service }) => service === 'catalog')!.notes).toEqual([
      `${name('catalog')} is not on network ${network}: other services cannot find it`,
    ]);
    await repaired(['Container/catalog update disconnected from its network']);
    expect(await id()).toBe(before);
  });

  it('connected again without the name', async () => {
    await docker('network', 'disconnect', network, name('catalog'));
    await docker('network', 'connect', network, name('catalog'));
    await repaired(['Container/catalog update disconnected from its network']);
  });

  it('all of it at once', async () => {
    await docker('network', 'disconnect', network, name('catalog'));
    await docker('rename', name('catalog'), `${app.app}-other`);
    await docker('stop', `${app.app}-other`);
    await repaired([
      `Container/catalog update disconnected from its network, called ${app.app}-other, stopped, with exit code 0`,
    ]);
  });

  it('stopped, and the network removed', async () => {
    await docker('stop', name('catalog'), name('orders'));
    await docker('network', 'disconnect', '-f', network, name('catalog'));
    await docker('network', 'rm', network);
    const { plan } = await deploy(target, services);
    expect(summary(plan)).toEqual([
      expect.stringMatching(/^Container\/catalog update disconnected/),
      expect.stringMatching(/^Container\/orders /),
      `Network/${network} create`,
    ]);
    await repaired([]);
  });

  it('made anew from another image, with the same labels', async () => {
    const labels = JSON.parse(
      await docker('inspect', '--format', '{{json .Config.Labels}}', name('catalog')),
    ) as Record<string, string>;
    await docker('rm', '-f', name('catalog'));
    const flags = Object.entries(labels).flatMap(([label, value]) => ['--label', `${label}=${value}`]);
    await docker(
      'run',
      '-d',
      '--name',
      name('catalog'),
      '--network',
      network,
      '--network-alias',
      'catalog',
      ...flags,
      '--init',
      'node:24-slim',
      'sleep',
      '300',
    );
    await repaired(['Container/catalog replace its image was changed by someone']);
  });

  it('doubled', async () => {
    const labels = JSON.parse(
      await docker('inspect', '--format', '{{json .Config.Labels}}', name('catalog')),
    ) as Record<string, string>;
    const flags = Object.entries(labels).flatMap(([label, value]) => ['--label', `${label}=${value}`]);
    await docker('run', '-d', '--name', `${app.app}-double`, ...flags, app.image);
    await repaired([`Container/catalog update left over: ${app.app}-double`]);
  });

  it('is told before anything is written when the name belongs to someone else', async () => {
    await docker('rm', '-f', name('catalog'));
    await docker('create', '--name', name('catalog'), app.image);
    const { code, exit, message, hints } = await explanation(target.plan(services));
    expect({ code, exit, message, hints }).toEqual({
      code: 'E_NAME_TAKEN',
      exit: 'conflict',
      message: `there is a container ${name('catalog')} already, and it is not of this app and environment`,
      hints: [`docker rename ${name('catalog')} ${name('catalog')}-old`],
    });
    await docker('rm', name('catalog'));
  });

  it('refuses to take a network away from containers of others', async () => {
    await docker('run', '-d', '--name', `${app.app}-guest`, '--network', network, app.image);
    const removal = await target.planRemoval();
    const change = removal.changes.find(({ id: one }) => one.startsWith('Network/'))!;
    for (const one of removal.changes.filter(({ service }) => service))
      await target.apply(one, new AbortController().signal);
    const { code, why, hints } = await explanation(target.apply(change, new AbortController().signal));
    expect({ code, why, hints }).toEqual({
      code: 'E_IN_USE',
      why: [`${app.app}-guest`],
      hints: [`docker network disconnect ${network} ${app.app}-guest`],
    });
    await docker('rm', '-fv', `${app.app}-guest`);
  });
});

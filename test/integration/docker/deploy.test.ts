import { mkdtemp, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createEngineBuilder } from '../../../src/builds/engine/engine-builder.ts';
import { type DockerEngine, openDockerEngine } from '../../../src/system/docker-engine.ts';
import { createDockerTarget } from '../../../src/targets/docker/docker-target.ts';
import type { Target } from '../../../src/targets/target.ts';
import { lab, labSuite } from '../../support/lab.ts';
import { docker, explanation, service } from '../builds/build-fixtures.ts';
import { deploy, destroy, environment, get, summary, type TestApp, testApp, urlOf } from './docker-place.ts';

const signal = new AbortController().signal;

labSuite('docker target', ['dockerHost'], () => {
  let engine: DockerEngine;
  let app: TestApp;
  let target: Target;
  const name = (service: string) => `${app.app}-${environment}-${service}`;
  const ps = (...filters: string[]) =>
    docker(
      'ps',
      '-a',
      '--format',
      '{{.Names}}',
      '--filter',
      `label=cloudnative.dev/app=${app.app}`,
      ...filters,
    );
  beforeAll(async () => {
    engine = await openDockerEngine({ host: lab.dockerHost });
    app = await testApp(engine);
    target = createDockerTarget({ scope: { app: app.app, environment }, engine });
  });
  afterAll(() => app.sweep());

  describe('a deploy', () => {
    it('makes a network and a container for each service, reachable by name and from this machine', async () => {
      const services = [
        app.desired('orders', { calls: ['catalog'], env: { ODD: 'a=b\n$x "ü" 😀' } }),
        app.desired('catalog'),
      ];
      const { plan, events } = await deploy(target, services);
      expect(summary(plan)).toEqual([
        'Container/catalog create',
        'Container/orders create',
        `Network/${app.app}-${environment} create`,
      ]);
      expect(
        events
          .filter(({ type }) => type === 'ready')
          .map((event) => (event as { resource: string }).resource),
      ).toEqual([`Network/${app.app}-${environment}`, 'Container/catalog', 'Container/orders']);
      const detail = events.find((event) => event.type === 'ready' && event.resource === 'Container/orders');
      expect(detail).toMatchObject({
        detail: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+ {2}admin :\d+$/),
      });
      const url = await urlOf(target, 'orders');
      const env = JSON.parse(await get(`${url}/env`));
      expect(env).toMatchObject({
        ODD: 'a=b\n$x "ü" 😀',
        CATALOG_URL: 'http://catalog:8080',
        HTTP_PORT: '8080',
        ADMIN_PORT: '9100',
      });
      expect(JSON.parse(await get(`${url}/peer`)).HOSTNAME).toMatch(/^[0-9a-f]{12}$/);
    });

    it('takes all rights away that a service can do without', async () => {
      expect(await get(`${await urlOf(target, 'orders')}/write`)).toBe('EROFS');
      const { HostConfig, Config, NetworkSettings } = JSON.parse(await docker('inspect', name('orders')))[0];
      expect(HostConfig).toMatchObject({
        ReadonlyRootfs: true,
        CapDrop: ['ALL'],
        SecurityOpt: ['no-new-privileges:true'],
        RestartPolicy: { Name: 'unless-stopped' },
        LogConfig: { Type: 'json-file', Config: { 'max-size': '10m', 'max-file': '3' } },
      });
      expect(Config).toMatchObject({ User: '65532:65532', StopTimeout: 40 });
      expect(Config.Labels).toMatchObject({
        'cloudnative.dev/app': app.app,
        'cloudnative.dev/environment': environment,
        'cloudnative.dev/service': 'orders',
        'cloudnative.dev/admin-port': '9100',
      });
      for (const bindings of Object.values(NetworkSettings.Ports))
        expect(bindings).toMatchObject([{ HostIp: '127.0.0.1' }]);
    });

    it('does nothing the second time', async () => {
      const before = await docker(
        'inspect',
        '--format',
        '{{.Id}} {{.State.StartedAt}}',
        name('orders'),
        name('catalog'),
      );
      const services = [
        app.desired('orders', { calls: ['catalog'], env: { ODD: 'a=b\n$x "ü" 😀' } }),
        app.desired('catalog'),
      ];
      const plan = await target.plan(services);
      expect(plan.changes.map(({ action }) => action)).toEqual(['none', 'none', 'none']);
      await deploy(target, services);
      expect(
        await docker('inspect', '--format', '{{.Id}} {{.State.StartedAt}}', name('orders'), name('catalog')),
      ).toBe(before);
    });

    it('of one service leaves the others alone, and finds where they listen', async () => {
      const plan = await target.plan([
        app.desired('orders', { calls: ['catalog'], env: { ODD: 'a=b\n$x "ü" 😀' } }),
      ]);
      expect(summary(plan)).toEqual(['Container/orders none', `Network/${app.app}-${environment} none`]);
    });

    it('says before that an image is still to be built', async () => {
      const [, change] = (
        await target.plan([app.desired('catalog', { image: `${app.app}/catalog:0123`, pending: true })])
      ).changes;
      expect(change).toMatchObject({
        action: 'replace',
        fields: [{ path: 'image', before: app.image, after: 'will be built' }],
      });
    });

    it('replaces a container that has changed, and never shows secrets', async () => {
      await writeFile(join(app.folder, '.env'), 'TOKEN="canary-1"\n');
      const wanted = () => [
        app.desired('catalog', { env: { GREETING: 'servus', TOKEN: { secret: { name: 'x', key: 'y' } } } }),
      ];
      const old = await docker('inspect', '--format', '{{.Id}}', name('catalog'));
      const first = await deploy(target, wanted());
      expect(first.plan.changes[1]).toMatchObject({
        action: 'replace',
        fields: [
          { path: 'env.GREETING', after: 'servus' },
          { path: 'env.TOKEN', secret: true },
        ],
      });
      expect(await docker('inspect', '--format', '{{.Id}}', name('catalog'))).not.toBe(old);
      expect(JSON.parse(await get(`${await urlOf(target, 'catalog')}/env`)).TOKEN).toBe('canary-1');
      expect(JSON.parse(await get(`${await urlOf(target, 'orders')}/peer`)).TOKEN).toBe('canary-1');
      expect((await ps()).split('\n').sort()).toEqual([name('catalog'), name('orders')]);

      await writeFile(join(app.folder, '.env'), 'TOKEN="canary-2"\n');
      const second = await deploy(target, wanted());
      expect(second.plan.changes[1]).toMatchObject({
        action: 'replace',
        fields: [{ path: 'env.TOKEN', secret: true }],
      });
      expect(JSON.parse(await get(`${await urlOf(target, 'catalog')}/env`)).TOKEN).toBe('canary-2');
      expect(JSON.stringify([first, second])).not.toContain('canary');

      await writeFile(join(app.folder, '.env'), 'OTHER=1\n');
      const { code, exit, why } = await explanation(target.plan(wanted()));
      expect({ code, exit }).toEqual({ code: 'E_SECRET_MISSING', exit: 'notFound' });
      expect(String(why)).toContain('TOKEN');
    });

    it.each([
      ['crashes', 'crash', /its container exits with code 3 \((twice|\d times)\)/, 'cannot go on red'],
      ['never gets healthy', 'sick', /its health check fails: HTTP 503/, expect.stringMatching(/^hello/)],
    ])('keeps the old container when the new one %s', async (_, BEHAVIOUR, reason, log) => {
      const before = await docker('inspect', '--format', '{{.Id}} {{.State.StartedAt}}', name('orders'));
      const { code, message, where, why, hints } = await explanation(
        deploy(target, [app.desired('orders', { env: { BEHAVIOUR } })]),
      );
      expect(code).toBe('E_ROLLOUT_FAILED');
      expect(message).toMatch(reason);
      expect(where).toBe(`${environment}, container ${name('orders')}.next`);
      expect(why).toEqual(expect.arrayContaining(['last lines of its log', log]));
      expect(hints![0]).toBe(`the new container was removed; ${name('orders')} serves as before`);
      expect(await docker('inspect', '--format', '{{.Id}} {{.State.StartedAt}}', name('orders'))).toBe(
        before,
      );
      expect((await ps()).split('\n').sort()).toEqual([name('catalog'), name('orders')]);
      expect(await get(await urlOf(target, 'orders'))).toBe('ok');
    });

    it('removes a container that the engine cannot start', async () => {
      const broken = await service(await mkdtemp(join(app.folder, 'broken-')), {
        Dockerfile: 'FROM node:24-slim\nENTRYPOINT ["/nowhere"]\n',
      });
      const { artifact } = await createEngineBuilder({ app: app.app, engine }).build(broken, { signal });
      const image = artifact.kind === 'image' ? artifact.reference : '';
      for (const one of ['orders', 'other']) {
        const said = await explanation(deploy(target, [app.desired(one, { image })]));
        expect(said.message).toMatch(new RegExp(`^container ${name(one)}(\\.next)? cannot be started$`));
        expect(said.why).toMatch(/nowhere/);
      }
      expect((await ps()).split('\n').sort()).toEqual([name('catalog'), name('orders')]);
    });

    it('answers callers all the time while a container is replaced by a good one', async () => {
      const url = await urlOf(target, 'orders');
      const replacing = deploy(target, [app.desired('catalog', { env: { GREETING: 'again' } })]);
      let done = false;
      void replacing.finally(() => {
        done = true;
      });
      const answered = new Set<string>();
      let [calls, failures] = [0, 0];
      while (!done) {
        const hostname = /"HOSTNAME":"([0-9a-f]{12})"/.exec(await get(`${url}/peer`))?.[1];
        calls++;
        if (hostname) answered.add(hostname);
        else failures++;
      }
      await replacing;
      expect(answered.size).toBe(2);
      // Between its last answer and its leaving the network's names a container may refuse a call; that is milliseconds.
      expect(failures).toBeLessThanOrEqual(Math.ceil(calls / 50));
    });

    it('sends no caller to a container that has not proved itself', async () => {
      const before = await docker('inspect', '--format', '{{.Config.Hostname}}', name('catalog'));
      const url = await urlOf(target, 'orders');
      const failing = deploy(target, [app.desired('catalog', { env: { BEHAVIOUR: 'sick' } })]).catch(
        () => undefined,
      );
      const answered = new Set<string>();
      let done = false;
      void failing.then(() => {
        done = true;
      });
      while (!done) answered.add(JSON.parse(await get(`${url}/peer`)).HOSTNAME);
      expect([...answered]).toEqual([before]);
    });
  });

  describe('status', () => {
    it('tells every service', async () => {
      const [catalog, orders] = await target.status();
      expect([catalog!.service, orders!.service]).toEqual(['catalog', 'orders']);
      expect(orders).toMatchObject({
        ready: 1,
        wanted: 1,
        restarts: 0,
        image: app.image,
        notes: [],
        verdict: { readiness: 'ready' },
      });
      expect(Date.parse(orders!.since!)).toBeGreaterThan(0);
    });
  });

  describe('destroy', () => {
    it('removes one service, then all, and nothing else', async () => {
      const foreign = `${app.app}-${environment}-foreign`;
      await docker(
        'create',
        '--name',
        foreign,
        '--label',
        `cloudnative.dev/app=${app.app}`,
        '--label',
        'cloudnative.dev/service=orders',
        app.image,
      );
      const one = await destroy(target, ['orders']);
      expect(summary(one.plan)).toEqual(['Container/orders remove']);
      expect((await ps()).split('\n').sort()).toEqual([name('catalog'), foreign]);
      const all = await destroy(target);
      expect(summary(all.plan)).toEqual([
        'Container/catalog remove',
        `Network/${app.app}-${environment} remove`,
      ]);
      expect(await ps()).toBe(foreign);
      expect(await docker('network', 'ls', '-q', '--filter', `name=${app.app}`)).toBe('');
      expect(await docker('volume', 'ls', '-q', '--filter', `name=${app.app}`)).toBe('');
      expect((await target.planRemoval()).changes).toEqual([]);
      expect(await target.status()).toEqual([]);
      await docker('rm', foreign);
    });
  });
});

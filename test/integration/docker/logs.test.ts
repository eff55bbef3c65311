import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type DockerEngine, openDockerEngine } from '../../../src/system/docker-engine.ts';
import { createDockerTarget } from '../../../src/targets/docker/docker-target.ts';
import type { LogLine, Target } from '../../../src/targets/target.ts';
import { lab, labSuite } from '../../support/lab.ts';
import { docker, explanation } from '../builds/build-fixtures.ts';
import { deploy, environment, get, type TestApp, testApp, urlOf } from './docker-place.ts';

labSuite('docker target', ['dockerHost'], () => {
  let engine: DockerEngine;
  let app: TestApp;
  let target: Target;
  const both = () => [app.desired('orders'), app.desired('catalog')];
  beforeAll(async () => {
    engine = await openDockerEngine({ host: lab.dockerHost });
    app = await testApp(engine);
    target = createDockerTarget({ scope: { app: app.app, environment }, engine });
    await deploy(target, both());
  });
  afterAll(() => app.sweep());
  const never = new AbortController().signal;

  const read = async (tail: number, ...services: string[]): Promise<LogLine[]> => {
    const lines: LogLine[] = [];
    for await (const line of target.logs(services, { follow: false, tail }, never)) lines.push(line);
    return lines;
  };

  it('shows the last lines of the named services in the order of time', async () => {
    const [orders, catalog] = [await urlOf(target, 'orders'), await urlOf(target, 'catalog')];
    for (const [url, what] of [
      [orders, 'one'],
      [catalog, 'two'],
      [orders, 'three'],
    ] as const) {
      await get(`${url}/log`, { what });
      await sleep(100); // the engine dates a line when it reads it
    }
    const texts = (await read(100, 'orders', 'catalog')).map(({ service, text }) => `${service}: ${text}`);
    expect(texts.slice(-3)).toEqual([
      'orders: asked to log one',
      'catalog: asked to log two',
      'orders: asked to log three',
    ]);
    expect(await read(1, 'orders')).toEqual([
      { service: 'orders', instance: `${app.app}-${environment}-orders`, text: 'asked to log three' },
    ]);
    expect((await explanation(read(1, 'nobody'))).code).toBe('E_NOT_DEPLOYED');
  });

  it('puts long lines together again, and takes escapes out', async () => {
    const long = 'x'.repeat(40_000);
    const script = `console.log('${long.slice(0, 10)}' + 'x'.repeat(39990) + 'end'); console.error('\\u001b[31mred ü😀'); process.stdout.write('no end');`;
    const labels = ['app', 'environment', 'service'].flatMap((label, index) => [
      '--label',
      `cloudnative.dev/${label}=${[app.app, environment, 'odd'][index]}`,
    ]);
    await docker('run', '--name', `${app.app}-odd`, ...labels, 'node:24-slim', 'node', '-e', script);
    const texts = (await read(100, 'odd')).map(({ text }) => text);
    expect(texts.sort()).toEqual(['no end', 'red ü😀', `${long}end`]);
    await docker('rm', `${app.app}-odd`);
  });

  it('follows through a restart and a replacement, without losing or doubling a line', async () => {
    const stop = new AbortController();
    const seen: string[] = [];
    const following = (async () => {
      for await (const { text } of target.logs(['catalog'], { follow: true, tail: 0 }, stop.signal))
        seen.push(text);
    })();
    const say = async (what: string) => {
      const asked = () =>
        urlOf(target, 'catalog')
          .then((url) => get(`${url}/log`, { what }))
          .catch(() => '');
      await expect.poll(asked, { timeout: 10_000 }).toBe('ok');
      await expect
        .poll(() => seen.filter((text) => text === `asked to log ${what}`).length, { timeout: 5_000 })
        .toBe(1);
    };
    // With no tail, what is said before the stream stands is not in it.
    const heard = () =>
      get(`${url}/log`, { what: 'anything' }).then(() => seen.includes('asked to log anything'));
    const url = await urlOf(target, 'catalog');
    await expect.poll(heard, { timeout: 10_000 }).toBe(true);
    await say('before');
    await get(`${await urlOf(target, 'catalog')}/exit`).catch(() => undefined);
    await say('after the restart');
    await deploy(target, [app.desired('catalog', { env: { GREETING: 'new' } })]);
    await say('after the replacement');
    stop.abort();
    await following;
    const told = seen.filter((text) => !/^hello|anything$/.test(text));
    expect(told).toEqual([
      'asked to log before',
      'leaving',
      'asked to log after the restart',
      'asked to log after the replacement',
    ]);
    expect(seen.filter((text) => text.startsWith('hello')).length).toBe(2);
  }, 60_000);

  it('ends at once with its signal', async () => {
    const stop = new AbortController();
    const following = (async () => {
      for await (const _ of target.logs(['orders', 'catalog'], { follow: true, tail: 5 }, stop.signal));
    })();
    setTimeout(() => stop.abort(), 300);
    await following;
  }, 5_000);
});

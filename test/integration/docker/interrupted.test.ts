import { afterAll, beforeAll, expect, it } from 'vitest';
import { applyPlan } from '../../../src/engine/apply-plan.ts';
import { openDockerEngine } from '../../../src/system/docker-engine.ts';
import { createDockerTarget } from '../../../src/targets/docker/docker-target.ts';
import type { DesiredService } from '../../../src/targets/target.ts';
import { lab, labSuite } from '../../support/lab.ts';
import { docker } from '../builds/build-fixtures.ts';
import { type EngineProxy, startEngineProxy } from '../builds/engine-proxy.ts';
import { environment, get, type TestApp, testApp, urlOf } from './docker-place.ts';

const signal = new AbortController().signal;

// A client that dies at any write of a replacement, before the engine gets it or before the reply comes back.
labSuite('docker target', ['dockerHost'], () => {
  let app: TestApp;
  let proxy: EngineProxy;
  const scope = () => ({ app: app.app, environment });
  const wanted = (GREETING: string): DesiredService[] => [app.desired('catalog', { env: { GREETING } })];
  beforeAll(async () => {
    proxy = await startEngineProxy(lab.dockerHost!);
    app = await testApp(await openDockerEngine({ host: lab.dockerHost }));
  });
  afterAll(async () => {
    await proxy.close();
    await app.sweep();
  });

  const deployThrough = async (host: string, greeting: string) => {
    const target = createDockerTarget({ scope: scope(), engine: await openDockerEngine({ host }) });
    const plan = await target.plan(wanted(greeting));
    await applyPlan(plan, { timeout: 40_000, wait: true }, { target, emit: () => undefined, signal });
    return target;
  };
  /** Dies at write number `at`; tells how many writes there were before. */
  const dying = async (at: number, replied: boolean, greeting: string): Promise<number> => {
    let writes = 0;
    proxy.fault = {
      on: /./,
      do: async (incoming, outgoing, forward) => {
        const isWrite = incoming.method !== 'GET';
        if (isWrite && writes === at && replied) (await forward()).resume();
        if ((isWrite && writes++ >= at) || writes > at) return outgoing.destroy();
        const answer = await forward();
        outgoing.writeHead(answer.statusCode!, answer.headers);
        answer.pipe(outgoing);
      },
    };
    await deployThrough(proxy.host, greeting).catch(() => undefined);
    return writes;
  };

  it('leaves a state from which the same deploy ends with exactly one container', async () => {
    await deployThrough(lab.dockerHost!, 'first');
    const writes = await dying(Number.POSITIVE_INFINITY, false, 'counted');
    expect(writes).toBeGreaterThanOrEqual(6); // create, start, disconnect, connect, stop, remove, rename
    for (let at = 0; at < writes; at++) {
      for (const replied of [false, true]) {
        const greeting = `${at} ${replied}`;
        await dying(at, replied, greeting);
        const running = await docker('ps', '-q', '--filter', `label=cloudnative.dev/app=${app.app}`);
        expect({ greeting, serving: running !== '' }).toEqual({ greeting, serving: true });

        const target = await deployThrough(lab.dockerHost!, greeting);
        const names = await docker(
          'ps',
          '-a',
          '--format',
          '{{.Names}}',
          '--filter',
          `label=cloudnative.dev/app=${app.app}`,
        );
        expect({ greeting, names }).toEqual({ greeting, names: `${app.app}-${environment}-catalog` });
        expect(JSON.parse(await get(`${await urlOf(target, 'catalog')}/env`)).GREETING).toBe(greeting);
        expect((await target.plan(wanted(greeting))).changes.map(({ action }) => action)).toEqual([
          'none',
          'none',
        ]);
      }
    }
  }, 240_000);

  it('goes back to the old version after dying on the way to a new one', async () => {
    await deployThrough(lab.dockerHost!, 'old');
    const writes = await dying(Number.POSITIVE_INFINITY, false, 'old too');
    for (let at = 1; at < writes; at += 2) {
      await dying(at, true, `new ${at}`);
      const target = await deployThrough(lab.dockerHost!, 'old');
      const names = await docker(
        'ps',
        '-a',
        '--format',
        '{{.Names}}',
        '--filter',
        `label=cloudnative.dev/app=${app.app}`,
      );
      expect({ at, names }).toEqual({ at, names: `${app.app}-${environment}-catalog` });
      expect(JSON.parse(await get(`${await urlOf(target, 'catalog')}/env`)).GREETING).toBe('old');
    }
  }, 240_000);
});

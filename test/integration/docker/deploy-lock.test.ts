import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type DockerEngine, openDockerEngine } from '../../../src/system/docker-engine.ts';
import { thisHolder } from '../../../src/system/lock-holder.ts';
import { withDeployLock } from '../../../src/targets/docker/deploy-lock.ts';
import type { DockerPlace } from '../../../src/targets/docker/names.ts';
import { lab, labSuite } from '../../support/lab.ts';
import { docker, explanation, uniqueApp } from '../builds/build-fixtures.ts';

labSuite('docker target', ['dockerHost'], () => {
  let engine: DockerEngine;
  let place: DockerPlace;
  const filter = () => ['--filter', `label=cloudnative.dev/app=${place.app}`];
  beforeAll(async () => {
    engine = await openDockerEngine({ host: lab.dockerHost });
    place = { app: uniqueApp('lock'), environment: 'docker', engine };
  });
  afterAll(async () => {
    const left = await docker('volume', 'ls', '-q', ...filter());
    if (left) await docker('volume', 'rm', ...left.split('\n'));
  });

  describe('the lock', () => {
    it('lets one in at a time, and leaves nothing', async () => {
      let inside = 0;
      let most = 0;
      let done = 0;
      const attempt = async () => {
        await sleep(Math.random() * 300);
        const client = { ...place, engine: await openDockerEngine({ host: lab.dockerHost }) };
        await withDeployLock(client, async () => {
          most = Math.max(most, ++inside);
          await sleep(30);
          inside--;
          done++;
        });
      };
      const results = await Promise.allSettled(Array.from({ length: 20 }, attempt));
      const codes = results.flatMap((result) =>
        result.status === 'rejected' ? (result.reason.explanation?.code ?? result.reason) : [],
      );
      expect(most).toBe(1);
      expect(done).toBeGreaterThan(0);
      expect(codes.filter((code) => code !== 'E_LOCKED')).toEqual([]);
      expect(done + codes.length).toBe(20);
      expect(await docker('volume', 'ls', '-q', ...filter())).toBe('');
    }, 30_000);

    it('names its holder, and is free again when the work fails', async () => {
      const failing = withDeployLock(place, async () => {
        const { code, exit, why } = await explanation(withDeployLock(place, async () => undefined));
        expect({ code, exit, why }).toEqual({ code: 'E_LOCKED', exit: 'locked', why: thisHolder().text });
        await withDeployLock({ ...place, environment: 'other' }, async () => undefined);
        throw new Error('the work failed');
      });
      await expect(failing).rejects.toThrow('the work failed');
      await withDeployLock(place, async () => undefined);
    });

    it('stays with a holder that works longer than a lease', async () => {
      const times = { renew: 500, lease: 3_000 };
      const end = new AbortController();
      const long = withDeployLock(
        place,
        () => sleep(60_000, undefined, { signal: end.signal }).catch(() => undefined),
        times,
      );
      for (let look = 0; look < 4; look++) {
        await sleep(850);
        expect((await explanation(withDeployLock(place, async () => undefined, times))).code).toBe(
          'E_LOCKED',
        );
      }
      end.abort();
      await long;
    });

    it('is taken from a holder of this machine that was killed, at once', async () => {
      const child = spawn('sleep', ['60']);
      await sleep(50);
      const { identify } = await import('../../../src/system/process-identity.ts');
      const { start } = identify(child.pid!)!;
      const [, , namespace] = thisHolder().process.split(' ');
      await claim(`${child.pid} ${start} ${namespace}`);
      expect((await explanation(withDeployLock(place, async () => undefined))).why).toBe('ada@elsewhere');
      child.kill('SIGKILL');
      await once(child, 'exit');
      await withDeployLock(place, async () => undefined);
      expect(await docker('volume', 'ls', '-q', ...filter())).toBe('');
    });

    it('is taken from a holder elsewhere that gives no sign of life for a lease', async () => {
      await claim('4711 0123abcd-99 pid:[1]');
      const times = { renew: 500, lease: 3_000 };
      expect((await explanation(withDeployLock(place, async () => undefined, times))).code).toBe('E_LOCKED');
      await sleep(3_500);
      await withDeployLock(place, async () => undefined, times);
      expect(await docker('volume', 'ls', '-q', ...filter())).toBe('');
    }, 15_000);
  });

  const claim = (process: string) => {
    const labels = {
      app: place.app,
      environment: place.environment,
      claim: 'c1',
      holder: 'ada@elsewhere',
      process,
    };
    const flags = Object.entries(labels).flatMap(([label, value]) => [
      '--label',
      `cloudnative.dev/${label}=${value}`,
    ]);
    return docker('volume', 'create', ...flags, `${place.app}.lock-test`);
  };
});

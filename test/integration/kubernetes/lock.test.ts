import { setTimeout } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { Cancelled, type ExpectedError } from '../../../src/core/errors.ts';
import { type ApiClient, createApiClient } from '../../../src/targets/kubernetes/api/api-client.ts';
import { readAccess } from '../../../src/targets/kubernetes/api/kubeconfig.ts';
import { createDeployLock, type DeployLock } from '../../../src/targets/kubernetes/lock/deploy-lock.ts';
import { lab, labSuite } from '../../support/lab.ts';
import { type App, deploy, openApp, openTarget } from './support/app.ts';
import { kubectl } from './support/kubectl.ts';

const short = { duration: 4000, renewal: 1000 };

labSuite('kubernetes target', ['kubeconfig', 'kubectl'], () => {
  let app: App;
  const opened: { close(): void }[] = [];
  const held: DeployLock[] = [];
  beforeAll(async () => {
    app = await openApp();
  });
  afterEach(async () => {
    for (const lock of held.splice(0)) await lock.release(2000);
    for (const client of opened.splice(0)) client.close();
  });
  afterAll(() => app.close());

  const newLock = (name = 'shop', environment = 'staging') => {
    const api = createApiClient({
      context: lab.context!,
      access: () => readAccess(lab.context!, lab.kubeconfig),
    });
    opened.push(api);
    let silent: Promise<unknown> | undefined;
    let goOn: (value?: unknown) => void = () => {};
    // A killed run sends nothing any more, one that is stopped nothing until it goes on.
    const request: ApiClient['request'] = async (one) => {
      await silent;
      return api.request(one);
    };
    const text: ApiClient['text'] = async (one) => {
      await silent;
      return api.text(one);
    };
    const lock = createDeployLock(
      {
        api: { ...api, request, text },
        namespace: app.namespace,
        scope: { app: name, environment },
      },
      short,
    );
    held.push(lock);
    const kill = () => {
      silent = new Promise(() => {});
      held.splice(held.indexOf(lock), 1);
    };
    const pause = () => {
      silent = new Promise((resolve) => {
        goOn = resolve;
      });
    };
    return { lock, kill, pause, goOn: () => goOn() };
  };
  const leases = () => kubectl(['get', 'leases', '-n', app.namespace, '-o', 'name']);
  const thrownBy = (work: Promise<unknown>) =>
    work.then(
      () => undefined,
      (error: unknown) => (error as ExpectedError).explanation,
    );

  test('is held by one, who is named to the other; it leaves nothing behind', async () => {
    const [first, second] = [newLock().lock, newLock().lock];
    await first.acquire();
    await first.acquire();
    expect(await leases()).toBe('lease.coordination.k8s.io/cloudnative.shop.staging\n');
    const started = Date.now();
    expect(await thrownBy(second.acquire())).toMatchObject({
      code: 'E_LOCKED',
      exit: 'locked',
      where: `Lease/cloudnative.shop.staging in namespace ${app.namespace}`,
      why: expect.stringMatching(/^held by \S+@\S+ \(\d+-\w+\) since 20\d\d-.*Z$/),
    });
    expect(Date.now() - started).toBeLessThan(short.duration);
    await newLock('bank').lock.acquire();
    await first.release(2000);
    await second.acquire();
    await first.check();
  });

  test('is of one app and environment, also where their names read alike together', async () => {
    await newLock('shop', 'eu-default').lock.acquire();
    await newLock('shop-eu', 'default').lock.acquire();
    expect((await leases()).match(/cloudnative\S*/g)).toEqual([
      'cloudnative.shop-eu.default',
      'cloudnative.shop.eu-default',
    ]);
  });

  test('of a run that was killed is taken over when its time is over', async () => {
    const killed = newLock();
    await killed.lock.acquire();
    killed.kill();
    const next = newLock().lock;
    const started = Date.now();
    await next.acquire();
    expect(Date.now() - started).toBeGreaterThan(short.duration / 4);
    expect(Date.now() - started).toBeLessThan(short.duration + 5000);
    await next.check();
  });

  test('that was left long ago is taken over at once', async () => {
    const killed = newLock();
    await killed.lock.acquire();
    killed.kill();
    await setTimeout(short.duration + 3500);
    const started = Date.now();
    await newLock().lock.acquire();
    expect(Date.now() - started).toBeLessThan(short.duration / 2);
  }, 20_000);

  test('is lost by a run that slept too long', async () => {
    const sleeper = newLock().lock;
    await sleeper.acquire();
    await kubectl(['delete', '-n', app.namespace, 'lease/cloudnative.shop.staging']);
    const next = newLock().lock;
    await next.acquire();
    await setTimeout(short.renewal * 2.5);
    expect(await thrownBy(sleeper.check())).toMatchObject({ code: 'E_LOCKED', exit: 'locked' });
    await next.check();
    await sleeper.release(2000);
    expect(await leases()).toContain('cloudnative.shop.staging');
  });

  test('is kept as long as the work lasts', async () => {
    const [first, second] = [newLock().lock, newLock().lock];
    await first.acquire();
    await setTimeout(short.duration * 1.5);
    await first.check();
    expect(await thrownBy(second.acquire())).toMatchObject({ code: 'E_LOCKED' });
  }, 20_000);

  test('of many that want it at once one gets it', async () => {
    const all = await Promise.all([1, 2, 3, 4, 5].map(() => thrownBy(newLock().lock.acquire())));
    expect(all.filter((explanation) => explanation === undefined)).toHaveLength(1);
    expect(all.filter((explanation) => explanation?.code === 'E_LOCKED')).toHaveLength(4);
  });

  test('that somebody takes away stops its holder at the next write', async () => {
    const [holder, other] = [newLock().lock, newLock().lock];
    await holder.acquire();
    const held = (await other.held())!;
    expect(held).toMatchObject({
      who: expect.stringMatching(/^\S+@\S+ \(\d+-\w+\)$/),
      since: expect.stringMatching(/^20\d\d-/),
      where: `Lease/cloudnative.shop.staging in namespace ${app.namespace}`,
      duration: 4,
    });
    expect(await other.takeAway({ ...held, who: 'somebody else' })).toBe(false);
    await holder.check();
    expect(await other.takeAway(held)).toBe(true);
    expect(await other.held()).toBeUndefined();
    // Sooner than the next sign of life is due: the holder watches its lock.
    await setTimeout(short.renewal / 2);
    expect(await thrownBy(holder.check())).toMatchObject({ code: 'E_LOCKED', exit: 'locked' });
    await other.acquire();
    await holder.release(2000);
    expect(await leases()).toContain('cloudnative.shop.staging');
  });

  test('of a run that was stopped for long is asked for before the next write', async () => {
    const stopped = newLock();
    await stopped.lock.acquire();
    stopped.pause();
    await setTimeout(short.duration + 500);
    const next = newLock().lock;
    await next.acquire();
    await next.release(2000);
    stopped.goOn();
    // Its timers have not run yet: what it knows is that it was silent for too long.
    expect(await thrownBy(stopped.lock.check())).toMatchObject({ code: 'E_LOCKED' });
  }, 30_000);

  test('of a dead run is waited for only until Ctrl-C', async () => {
    const killed = newLock();
    await killed.lock.acquire();
    killed.kill();
    const stop = new AbortController();
    const waiting = newLock().lock.acquire(stop.signal);
    globalThis.setTimeout(() => stop.abort(new Cancelled('interrupted')), 300);
    const started = performance.now();
    await expect(waiting).rejects.toBeInstanceOf(Cancelled);
    expect(performance.now() - started).toBeLessThan(1500);
    expect(await leases()).toContain('cloudnative.shop.staging');
    await kubectl(['delete', '-n', app.namespace, 'lease/cloudnative.shop.staging']);
  });

  test.each([-1, 1])(
    'does not depend on clocks: one that is %d day off, and one that jumps',
    async (days) => {
      const wall = Date.now;
      const day = days * 86_400_000;
      try {
        const [holder, other] = [newLock().lock, newLock().lock];
        await holder.acquire();
        // The other's clock differs, and then the holder's own jumps (there is one clock in this process: both see it).
        Date.now = () => wall() + day;
        expect(await thrownBy(other.acquire())).toMatchObject({ code: 'E_LOCKED' });
        await holder.check();
        Date.now = wall;
        await setTimeout(short.duration * 1.2);
        await holder.check();
        expect(await thrownBy(other.acquire())).toMatchObject({ code: 'E_LOCKED' });
      } finally {
        Date.now = wall;
      }
    },
    30_000,
  );

  test('of a first deploy comes with its namespace', async () => {
    const namespace = `${app.namespace}-new`;
    const files = { 'a.yaml': 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n' };
    const desired = [await app.service('orders', { image: 'x', files })];
    const targets = [openTarget(namespace), openTarget(namespace)];
    try {
      const [one, two] = targets;
      await one!.locked(async () => {
        const plan = await one!.plan(desired);
        const signal = new AbortController().signal;
        await one!.apply(plan.changes[0]!, signal);
        expect(await kubectl(['get', 'leases', '-n', namespace, '-o', 'name'])).toContain(
          'cloudnative.shop.staging',
        );
        expect(await thrownBy(deploy(two!, desired))).toMatchObject({ code: 'E_LOCKED' });
      });
      expect(await kubectl(['get', 'leases', '-n', namespace, '-o', 'name'])).toBe('');
    } finally {
      for (const target of targets) await target.close();
      await kubectl(['delete', 'namespace', namespace, '--wait=false']);
    }
  });
});

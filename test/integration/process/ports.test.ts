import { cpSync, rmSync, symlinkSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createProcessTarget } from '../../../src/targets/process/process-target.ts';
import { processScrapeTargets } from '../../../src/targets/process/scrape-targets.ts';
import { get } from './get.ts';
import { createPlace, failure, kill, type Place } from './place.ts';

let place: Place;
beforeEach(async () => {
  place = await createPlace();
});
afterEach(() => place.dispose());

const portsIn = (plan: { changes: readonly { desired?: unknown }[] }) =>
  plan.changes.map(({ desired }) => (desired as { ports: { http: number; admin: number } }).ports);

describe('ports', () => {
  it('are the same in every plan and after a deploy, neighbours, and out of the way of outgoing connections', async () => {
    const [planned] = portsIn(await place.plan({ orders: {} }));
    expect(portsIn(await place.plan({ orders: {} }))).toEqual([planned]);
    await place.deploy({ orders: {} });
    expect(portsIn(await place.plan({ orders: {} }))).toEqual([planned]);
    expect(planned!.admin).toBe(planned!.http + 1);
    expect(planned!.http).toBeGreaterThanOrEqual(20_000);
    expect(planned!.admin).toBeLessThan(30_000);
  });

  it('are promised to a service that is called before it was ever deployed', async () => {
    const plan = await place.deploy({ orders: { calls: ['catalog'] } });
    expect(plan.changes.map(({ id }) => id)).toEqual(['Process/orders']);
    const pid = place.pid('orders');
    await place.deploy({ orders: { calls: ['catalog'] }, catalog: {} });
    expect(place.pid('orders')).toBe(pid);
  });

  it('can be pinned, one or both', async () => {
    const { http } = portsIn(await place.plan({ elsewhere: {} }))[0]!;
    const plan = await place.deploy({
      orders: { pinned: { http } },
      catalog: { pinned: { admin: http + 101 } },
    });
    expect(portsIn(plan)).toEqual([
      { http, admin: http + 1 },
      { http: http + 100, admin: http + 101 },
    ]);
    expect((await place.plan({ orders: { pinned: { http } } })).changes[0]!.action).toBe('none');
    const explanation = await failure(
      place.plan({ orders: { pinned: { http } }, other: { pinned: { http } } }),
    );
    expect(explanation).toMatchObject({ code: 'E_PORT_TAKEN', why: 'it is a port of orders' });
  });

  it('are told to Prometheus, also of a service that is down', async () => {
    await place.deploy({ orders: {}, catalog: {} });
    const [catalog, orders] = [place.port('catalog'), place.port('orders')];
    await kill(place.supervisor().pid);
    await kill(place.pid('orders'));
    expect(await processScrapeTargets(place.paths.root)).toEqual([
      { service: 'catalog', host: '127.0.0.1', adminPort: catalog + 1, httpPort: catalog },
      { service: 'orders', host: '127.0.0.1', adminPort: orders + 1, httpPort: orders },
    ]);
  });
});

describe('a copied workspace', () => {
  it('starts afresh beside the original, whose processes it does not touch', async () => {
    await place.deploy({ orders: {} });
    const copy = await createPlace();
    try {
      cpSync(place.paths.root, copy.paths.root, { recursive: true });
      expect(await copy.target.status()).toEqual([]);
      expect((await copy.target.planRemoval()).changes).toEqual([]);
      expect((await copy.deploy({ orders: {} })).changes[0]!.action).toBe('create');
      expect(copy.port('orders')).not.toBe(place.port('orders'));
      await copy.destroy();
      expect(await get(`http://127.0.0.1:${place.port('orders')}/`)).toBe(String(place.pid('orders')));
    } finally {
      await copy.dispose();
    }
  });

  it('is the same one when it is only reached by another path', async () => {
    await place.deploy({ orders: {} });
    const link = `${place.folder}-link`;
    symlinkSync(place.folder, link);
    try {
      const target = createProcessTarget({
        scope: { app: 'shop', environment: 'local' },
        stateDir: `${link}/.cloudnative/process/local`,
        supervisorEntry: place.supervisorEntry,
        nodePath: process.execPath,
      });
      expect((await target.plan(place.wanted({ orders: {} }))).changes[0]!.action).toBe('none');
    } finally {
      rmSync(link);
    }
  });
});

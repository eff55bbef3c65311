import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { identify } from '../../../src/system/process-identity.ts';
import { get } from './get.ts';
import { createPlace, type Place } from './place.ts';

let place: Place;
beforeEach(async () => {
  place = await createPlace();
});
afterEach(() => place.dispose());

describe('a first deploy', () => {
  it('starts the services, what they call first', async () => {
    const plan = await place.deploy({ orders: { calls: ['catalog'] }, catalog: {} });
    expect(plan.changes.map(({ id, action, after }) => ({ id, action, after }))).toEqual([
      { id: 'Process/orders', action: 'create', after: ['Process/catalog'] },
      { id: 'Process/catalog', action: 'create', after: [] },
    ]);
    expect(plan.changes[1]!.fields).toEqual([
      { path: 'build', after: 'aaaa' },
      { path: 'run', after: expect.stringContaining('service.mjs') },
      { path: 'ports', after: `http ${place.port('catalog')}, admin ${place.port('catalog') + 1}` },
    ]);
    const [catalog, orders] = await place.target.status();
    expect(orders).toMatchObject({
      service: 'orders',
      ready: 1,
      wanted: 1,
      restarts: 0,
      image: 'sha256:aaaa',
      notes: [],
    });
    expect(catalog!.verdict).toEqual({
      readiness: 'ready',
      reason: 'GET /readyz answers 200',
      detail: `http://127.0.0.1:${place.port('catalog')}  admin :${place.port('catalog') + 1}`,
    });
    expect(Date.parse(catalog!.since!)).toBeLessThanOrEqual(Date.parse(orders!.since!));
    expect(await get(`${orders!.url}/`)).toBe(String(place.pid('orders')));
  });

  it('takes services that call each other in a circle', async () => {
    const plan = await place.deploy({ a: { calls: ['b'] }, b: { calls: ['c'] }, c: { calls: ['a', 'c'] } });
    expect(plan.changes.map(({ after }) => after)).toEqual([['Process/b'], ['Process/c'], []]);
  });
});

describe('the same deploy again', () => {
  it('has nothing to do and writes nothing', async () => {
    const services = { orders: { calls: ['catalog'], env: { LOG_LEVEL: 'info' } }, catalog: {} };
    await place.deploy(services);
    const before = filesOf(place.paths.root);
    const pids = [place.pid('orders'), place.pid('catalog')];
    const plan = await place.deploy(services);
    expect(plan.changes.map(({ action, fields, note }) => ({ action, fields, note }))).toEqual([
      { action: 'none', fields: [], note: undefined },
      { action: 'none', fields: [], note: undefined },
    ]);
    expect(filesOf(place.paths.root)).toEqual(before);
    expect([place.pid('orders'), place.pid('catalog')]).toEqual(pids);
  });

  it('is not restarted by a build that is pending but will make the same', async () => {
    await place.deploy({ orders: {} });
    const plan = await place.plan({ orders: { pending: true } });
    expect(plan.changes[0]).toMatchObject({
      action: 'none',
      note: 'its build output is gone: it will be built again',
    });
  });
});

describe('a changed service', () => {
  it('says what changed, and replaces its process on the same ports', async () => {
    await place.deploy({ orders: { env: { LOG_LEVEL: 'info', OLD: '1' } }, catalog: {} });
    const [pid, port, other] = [place.pid('orders'), place.port('orders'), place.pid('catalog')];
    const services = { orders: { build: 'sha256:bbbb', env: { LOG_LEVEL: 'debug' } } };
    expect((await place.plan({ orders: { ...services.orders, pending: true } })).changes[0]!.fields).toEqual([
      { path: 'build', before: 'aaaa', after: 'will be built' },
      { path: 'env.LOG_LEVEL', before: 'info', after: 'debug' },
      { path: 'env.OLD', before: '1', after: undefined },
    ]);
    const plan = await place.deploy(services);
    expect(plan.changes).toHaveLength(1);
    expect(plan.changes[0]).toMatchObject({
      action: 'update',
      fields: [{ path: 'build', after: 'bbbb' }, {}, {}],
    });
    expect(place.pid('orders')).not.toBe(pid);
    expect(place.port('orders')).toBe(port);
    expect(place.pid('catalog')).toBe(other);
    expect((await place.status('orders'))!.restarts).toBe(0);
  });

  it('is ended by SIGTERM first, and by SIGKILL when that does not help', async () => {
    await place.deploy({ orders: { env: { MODE: 'stubborn' } } });
    const pid = place.pid('orders');
    const started = Date.now();
    await place.deploy({ orders: {} });
    expect(Date.now() - started).toBeGreaterThan(1400);
    expect(place.pid('orders')).not.toBe(pid);
    expect(identify(pid)).toBeUndefined();
  });
});

/** Every file with its time of change: equal when nothing was written. */
function filesOf(folder: string): Record<string, number> {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true });
  return Object.fromEntries(
    files
      .filter((file) => file.isFile() && !file.name.endsWith('.log'))
      .map((file) => join(file.parentPath, file.name))
      .map((path) => [path, statSync(path).ctimeMs]),
  );
}

import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { identify, isRunning } from '../../../src/system/process-identity.ts';
import { readObserved } from '../../../src/targets/process/state-files.ts';
import { findSupervisor } from '../../../src/targets/process/supervisor-client.ts';
import { get } from './get.ts';
import { bundle, createPlace, failure, kill, type Place, until } from './place.ts';

let place: Place;
beforeEach(async () => {
  place = await createPlace();
});
afterEach(() => place.dispose());

const ready = async (service: string) => (await place.status(service))?.verdict.readiness === 'ready';
const isNew = (old: number) => ![0, old].includes(place.pid('orders'));
const attempts = (service: string) => readObserved(place.paths, service)!.attempts;

describe('a service that crashes', () => {
  it('is started again, each time after a longer wait', async () => {
    await place.deploy({ orders: {} });
    const first = place.pid('orders');
    await get(`http://127.0.0.1:${place.port('orders')}/crash`).catch(() => undefined);
    await until('it runs again', () => isNew(first) && ready('orders'));
    expect(attempts('orders')).toMatchObject({ restarts: 1, quickExits: 1, lastExit: { code: 7 } });
    const second = place.pid('orders');
    const crashed = Date.now();
    await get(`http://127.0.0.1:${place.port('orders')}/crash`).catch(() => undefined);
    await until('it runs a third time', () => isNew(second) && ready('orders'));
    expect(Date.now() - crashed).toBeGreaterThan(400);
    expect((await place.status('orders'))!.restarts).toBe(2);
    // It is ready, so there is nothing to do for a deploy.
    expect((await place.plan({ orders: {} })).changes[0]!.action).toBe('none');
  });

  it('is shown as failed while it waits, and a deploy starts it at once', async () => {
    await place.deploy({ orders: { env: { MODE: 'crash', LIFE: '50' } } }).catch(() => undefined);
    await until('it waits long', () => attempts('orders').quickExits >= 4);
    const status = await place.status('orders');
    expect(status!.verdict).toEqual({
      readiness: 'failed',
      reason: expect.stringMatching(/^its process exits with code 1 \(\d+ times\)$/),
    });
    const plan = await place.plan({ orders: { env: { MODE: 'crash', LIFE: '50' } } });
    expect(plan.changes[0]).toMatchObject({ action: 'update', fields: [] });
    expect(plan.changes[0]!.note).toMatch(
      /^(not running|it keeps ending): its process exits with code 1 \(\d+ times\)$/,
    );
    await place.deploy({ orders: {} });
    expect(await ready('orders')).toBe(true);
    expect(attempts('orders')).toMatchObject({ restarts: 0, quickExits: 0 });
  });

  it('takes its children along when only they are left', async () => {
    await place.deploy({ orders: { env: { MODE: 'parent' } } });
    const parent = place.pid('orders');
    const child = Number(await get(`http://127.0.0.1:${place.port('orders')}/`));
    expect(child).not.toBe(parent);
    process.kill(parent, 'SIGKILL');
    await until('it runs again', () => isNew(parent) && ready('orders'));
    expect(Number(await get(`http://127.0.0.1:${place.port('orders')}/`))).not.toBe(child);
    expect(identify(child)).toBeUndefined();
  });
});

describe('a killed supervisor', () => {
  it('leaves the services running; status says so, and the next deploy takes them over without a restart', async () => {
    await place.deploy({ orders: {}, catalog: {} });
    const pids = [place.pid('orders'), place.pid('catalog')];
    await kill(place.supervisor().pid);
    const status = await place.status('orders');
    expect(status).toMatchObject({
      verdict: { readiness: 'ready' },
      notes: [
        'the supervisor is not running: crashed services are not restarted; cloudnative deploy -e local repairs it',
      ],
    });
    const plan = await place.deploy({ orders: {} });
    expect(plan.changes[0]).toMatchObject({
      action: 'update',
      fields: [],
      note: 'the supervisor was killed; it is started again',
    });
    expect([place.pid('orders'), place.pid('catalog')]).toEqual(pids);
    expect((await place.plan({ orders: {}, catalog: {} })).changes.map(({ action }) => action)).toEqual([
      'none',
      'none',
    ]);
    // A process that was taken over is watched like an own child.
    process.kill(pids[0]!, 'SIGKILL');
    await until('it runs again', () => isNew(pids[0]!) && ready('orders'));
    expect((await place.status('orders'))!.restarts).toBe(1);
  });

  it('shows a service that died after it as down, and the next deploy starts only that one', async () => {
    await place.deploy({ orders: {}, catalog: {} });
    const survivor = place.pid('catalog');
    await kill(place.supervisor().pid);
    await kill(place.pid('orders'));
    // The socket of a killed supervisor may take a connection for a moment longer.
    await expect.poll(async () => (await place.status('orders'))!.verdict.readiness).toBe('failed');
    const status = await place.status('orders');
    expect(status).toMatchObject({ ready: 0, wanted: 1 });
    expect(status!.verdict.reason).toBe('its process is gone, and the supervisor is not running');
    expect(status!.url).toBeUndefined();
    const plan = await place.deploy({ orders: {}, catalog: {} });
    expect(plan.changes.map(({ note }) => note)).toEqual([
      'not running: its process is gone; the supervisor was killed; it is started again',
      'the supervisor was killed; it is started again',
    ]);
    expect(place.pid('catalog')).toBe(survivor);
    expect(await ready('orders')).toBe(true);
    expect((await place.status('orders'))!.restarts).toBe(0);
  });

  it('is replaced by one that finishes what a changed spec asks for', async () => {
    await place.deploy({ orders: {} });
    const old = place.pid('orders');
    await kill(place.supervisor().pid);
    await place.deploy({ orders: { env: { LOG_LEVEL: 'debug' } } });
    expect(place.pid('orders')).not.toBe(old);
    expect(identify(old)).toBeUndefined();
  });

  it('may have died before it noted a process: the next one ends that process before it starts another', async () => {
    await place.deploy({ orders: {} });
    const unnoted = place.pid('orders');
    await kill(place.supervisor().pid);
    rmSync(place.paths.observedOf('orders'));
    await place.deploy({ orders: {} });
    expect(place.pid('orders')).not.toBe(unnoted);
    expect(identify(unnoted)).toBeUndefined();
  });
});

describe('a process that only has the pid of ours', () => {
  it('is neither taken for the service nor ended', async () => {
    await place.deploy({ orders: {} });
    await place.deploy({ stranger: {} });
    await kill(place.supervisor().pid);
    await kill(place.pid('orders'));
    const stranger = place.pid('stranger');
    const file = place.paths.observedOf('orders');
    const observed = JSON.parse(readFileSync(file, 'utf8'));
    writeFileSync(file, JSON.stringify({ ...observed, process: { ...observed.process, pid: stranger } }));
    expect((await place.status('orders'))!.verdict.readiness).toBe('failed');
    await place.deploy({ orders: {} });
    expect(place.pid('orders')).not.toBe(stranger);
    await place.destroy(['orders']);
    expect(await get(`http://127.0.0.1:${place.port('stranger')}/`)).toBe(String(stranger));
  });
});

describe('a supervisor that lives', () => {
  it('is given up for a new one when it hangs', async () => {
    await place.deploy({ orders: {} });
    const [pid, hung] = [place.pid('orders'), place.supervisor()];
    process.kill(hung.pid, 'SIGSTOP');
    await place.deploy({ orders: { env: { LOG_LEVEL: 'debug' } } });
    expect(isRunning(hung)).toBe(false);
    expect(place.pid('orders')).not.toBe(pid);
  });

  it('of another version is replaced by a deploy that changes something, and the services stay', async () => {
    await bundle('src/targets/process/supervisor.ts', place.supervisorEntry, '0.0.0-older');
    await failure(place.deploy({ orders: {} })); // an installation that does not fit together
    const [pid, older] = [place.pid('orders'), (await findSupervisor(place.paths))!];
    expect(older.version).toBe('0.0.0-older');
    await bundle('src/targets/process/supervisor.ts', place.supervisorEntry);
    expect((await place.deploy({ orders: {} })).changes[0]!.action).toBe('none');
    await place.deploy({ catalog: {} });
    expect(isRunning(older)).toBe(false);
    expect(place.supervisor().version).toBe('0.0.0-test');
    expect(place.pid('orders')).toBe(pid);
  });

  it('leaves the services alone when it is told to end, and ignores a terminal that hangs up', async () => {
    await place.deploy({ orders: {} });
    const supervisor = place.supervisor();
    process.kill(supervisor.pid, 'SIGHUP');
    process.kill(supervisor.pid, 'SIGINT');
    expect((await findSupervisor(place.paths))!.pid).toBe(supervisor.pid);
    await kill(supervisor.pid, 'SIGTERM');
    expect(await get(`http://127.0.0.1:${place.port('orders')}/`)).toBe(String(place.pid('orders')));
  });

  it('keeps a service whose spec cannot be read', async () => {
    await place.deploy({ orders: {}, catalog: {} });
    const pid = place.pid('orders');
    writeFileSync(place.paths.spec('orders'), '{"version":1,');
    await place.deploy({ catalog: { env: { LOG_LEVEL: 'debug' } } });
    expect(await get(`http://127.0.0.1:${place.port('orders')}/`)).toBe(String(pid));
    expect(readFileSync(place.paths.supervisorLog, 'utf8')).toContain('orders: its spec cannot be read');
    expect((await place.deploy({ orders: {} })).changes[0]!.action).toBe('create');
    expect(await ready('orders')).toBe(true);
  });
});

import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { identify, isRunning } from '../../../src/system/process-identity.ts';
import { processesOf } from '../../../src/targets/process/marker.ts';
import { readPorts } from '../../../src/targets/process/ports-file.ts';
import { findSupervisor } from '../../../src/targets/process/supervisor-client.ts';
import { createPlace, kill, type Place, until } from './place.ts';

let place: Place;
beforeEach(async () => {
  place = await createPlace();
});
afterEach(() => place.dispose());

describe('removing everything', () => {
  it('ends callers first, then what they call, the supervisor, and leaves no file', async () => {
    await place.deploy({ orders: { calls: ['catalog'] }, catalog: { env: { MODE: 'parent' } } });
    const supervisor = place.supervisor();
    const plan = await place.destroy();
    expect(plan.changes.map(({ id, action, after }) => ({ id, action, after }))).toEqual([
      { id: 'Process/catalog', action: 'remove', after: ['Process/orders'] },
      { id: 'Process/orders', action: 'remove', after: [] },
      { id: 'Supervisor/local', action: 'remove', after: ['Process/catalog', 'Process/orders'] },
    ]);
    expect([...processesOf(place.paths, 'orders'), ...processesOf(place.paths, 'catalog')]).toEqual([]);
    expect(isRunning(supervisor)).toBe(false);
    expect(existsSync(place.paths.root)).toBe(false);
    expect(await place.target.status()).toEqual([]);
    expect((await place.destroy()).changes).toEqual([]);
  });

  it('works when the supervisor and a service were killed before', async () => {
    await place.deploy({ orders: {}, catalog: {} });
    await kill(place.supervisor().pid);
    await kill(place.pid('orders'));
    const plan = await place.destroy();
    expect(plan.changes.map(({ note }) => note)).toEqual([undefined, 'not running', undefined]);
    expect(processesOf(place.paths, 'catalog')).toEqual([]);
    expect(existsSync(place.paths.root)).toBe(false);
  });

  it('leaves alone what is not its own', async () => {
    await place.deploy({ orders: {} });
    writeFileSync(join(place.paths.root, 'notes.txt'), 'mine');
    await place.destroy();
    expect(readdirSync(place.paths.root)).toEqual(['notes.txt']);
  });
});

describe('removing one service', () => {
  it('ends only that one and keeps its ports for another time', async () => {
    await place.deploy({ orders: {}, catalog: {} });
    const [pid, port, other] = [place.pid('orders'), place.port('orders'), place.pid('catalog')];
    await place.destroy(['orders', 'never-deployed']);
    expect(identify(pid)).toBeUndefined();
    expect((await place.target.status()).map(({ service }) => service)).toEqual(['catalog']);
    expect(place.pid('catalog')).toBe(other);
    expect(readdirSync(place.paths.logs)).toEqual(['catalog.log']);
    expect(readPorts(place.paths).orders!.http).toBe(port);
    await place.deploy({ orders: {} });
    expect(place.port('orders')).toBe(port);
  });

  it('lets the supervisor end when it was the last, and the next deploy starts another', async () => {
    await place.deploy({ orders: {} });
    const supervisor = place.supervisor();
    await place.destroy(['orders']);
    await until('the supervisor ends', () => !isRunning(supervisor));
    await place.deploy({ orders: {} });
    expect((await findSupervisor(place.paths))!.pid).not.toBe(supervisor.pid);
  });

  it('kills what does not end in its time', async () => {
    await place.deploy({ orders: { env: { MODE: 'stubborn' } } });
    const started = Date.now();
    await place.destroy(['orders']);
    expect(Date.now() - started).toBeGreaterThan(1400);
    expect(processesOf(place.paths, 'orders')).toEqual([]);
  });
});

describe('a removal that was interrupted', () => {
  it('shows in status, and is ended by the next one', async () => {
    await place.deploy({ orders: {} });
    const pid = place.pid('orders');
    rmSync(place.paths.spec('orders'));
    await kill(place.supervisor().pid);
    expect(await place.status('orders')).toMatchObject({
      wanted: 0,
      verdict: {
        readiness: 'progressing',
        reason: 'its removal has not ended: cloudnative destroy orders -e local ends it',
      },
    });
    await place.destroy(['orders']);
    expect(identify(pid)).toBeUndefined();
    expect(await place.target.status()).toEqual([]);
  });
});

describe('a state folder that is deleted by hand', () => {
  it('ends its services: nobody could find them any more', async () => {
    await place.deploy({ orders: {} });
    const [pid, supervisor] = [place.pid('orders'), place.supervisor()];
    rmSync(place.paths.root, { recursive: true });
    await until('the service ends', () => !identify(pid));
    await until('the supervisor ends', () => !isRunning(supervisor));
    expect(existsSync(place.paths.root)).toBe(false);
  });
});

describe('the supervisor’s log', () => {
  it('tells what it did', async () => {
    await place.deploy({ orders: {} });
    await place.destroy(['orders']);
    expect(readFileSync(place.paths.supervisorLog, 'utf8')).toMatch(
      /started as pid \d+, version .+\n.+orders: started pid \d+\n.+orders: stopping pid \d+\n.+orders: removed\n/,
    );
  });
});

import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { processesOf } from '../../../src/targets/process/marker.ts';
import { statePaths } from '../../../src/targets/process/state-files.ts';
import { findSupervisor } from '../../../src/targets/process/supervisor-client.ts';
import { get } from './get.ts';
import { bundle, createPlace, failure, kill, type Place, until } from './place.ts';

let place: Place;
let deployer: string;
const started: ChildProcess[] = [];
beforeEach(async () => {
  place = await createPlace();
  deployer = await bundle('test/integration/process/deployer.ts', join(place.folder, 'deployer.mjs'));
});
afterEach(async () => {
  for (const child of started.splice(0)) child.kill('SIGKILL');
  await place.dispose();
});

describe('two deploys at once', () => {
  it('are not: the second is told who is at it, and changes nothing', async () => {
    const first = start(3000);
    await until('the first is at it', () => first.output().includes('locked'));
    const explanation = await failure(place.deploy({ orders: { env: { LOG_LEVEL: 'debug' } } }));
    expect(explanation).toMatchObject({
      code: 'E_LOCKED',
      exit: 'locked',
      message: 'another deploy of shop to local is running',
    });
    expect(explanation.why).toMatch(`pid ${first.child.pid}: `);
    await until('the first has ended', () => first.child.exitCode !== null);
    expect(first.output()).toBe('locked\ndone\n');
    expect((await place.plan({ orders: {} })).changes[0]!.action).toBe('none');
  });

  it('of ten, one at a time gets through, and together they start one supervisor', async () => {
    const all = Array.from({ length: 10 }, () => start(0));
    await until('all have ended', () => all.every(({ child }) => child.exitCode !== null), 25_000);
    const outcomes = all.map(({ output }) => output().trim().split('\n').at(-1));
    expect(outcomes.every((outcome) => outcome === 'done' || outcome === 'E_LOCKED')).toBe(true);
    expect(outcomes).toContain('done');
    expect((await place.plan({ orders: {} })).changes[0]!.action).toBe('none');
  });

  it('go on after the first was killed in the middle', async () => {
    const first = start(20_000);
    await until('the first is at it', () => first.output().includes('locked'));
    await kill(first.child.pid!);
    await place.deploy({ orders: {} });
    expect((await place.status('orders'))!.verdict.readiness).toBe('ready');
  });
});

describe('a deploy or a supervisor killed at any moment', () => {
  const moments = Array.from({ length: 12 }, (_, index) => index * 40);

  it.each(moments)('is made good by the next deploy (%i ms)', async (ms) => {
    const env = { ROUND: '1' };
    await place.deploy({ orders: { env } });
    const deploy = start(0, { ROUND: '2' });
    await new Promise((resolve) => setTimeout(resolve, 150 + ms));
    deploy.child.kill('SIGKILL');
    const supervisor = await findSupervisor(place.paths);
    if (supervisor && ms % 80 === 0) process.kill(supervisor.pid, 'SIGKILL');
    await until(
      'the deploy has ended',
      () => deploy.child.exitCode !== null || deploy.child.signalCode !== null,
    );
    await place.deploy({ orders: { env: { ROUND: '2' } } });
    expect((await place.status('orders'))!.verdict.readiness).toBe('ready');
    expect(processesOf(place.paths, 'orders')).toEqual([place.pid('orders')]);
    expect(readFileSync(`/proc/${place.pid('orders')}/environ`, 'utf8')).toContain('ROUND=2');
    await place.destroy();
    expect(processesOf(place.paths, 'orders')).toEqual([]);
  });
});

describe('services', () => {
  it('outlive the deploy that started them, and its terminal', async () => {
    const first = start(0);
    await until('it has ended', () => first.child.exitCode !== null);
    expect(() => process.kill(-first.child.pid!, 'SIGHUP')).toThrow('ESRCH'); // nothing of it stayed in its group
    process.kill(place.supervisor().pid, 'SIGHUP');
    process.kill(-place.pid('orders'), 'SIGHUP');
    expect(await get(`http://127.0.0.1:${place.port('orders')}/`)).toBe(String(place.pid('orders')));
    expect((await findSupervisor(place.paths))!.pid).toBe(place.supervisor().pid);
  });
});

function start(hold: number, env = {}): { child: ChildProcess; output: () => string } {
  const options = {
    scope: { app: 'shop', environment: 'local' },
    stateDir: statePaths(join(place.folder, '.cloudnative/process/local')).root,
    supervisorEntry: place.supervisorEntry,
    nodePath: process.execPath,
    limits: { stopGrace: 1500, logBytes: 10_000_000 },
  };
  const task = JSON.stringify({ options, desired: place.wanted({ orders: { env } }), hold });
  const child = spawn(process.execPath, [deployer, task], {
    stdio: ['ignore', 'pipe', 'inherit'],
    detached: true,
  });
  let output = '';
  child.stdout!.setEncoding('utf8').on('data', (text: string) => {
    output += text;
  });
  started.push(child);
  return { child, output: () => output };
}

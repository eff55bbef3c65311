import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { delay } from '../../../src/core/duration.ts';
import { carryOut, createPlace, failure, kill, type Place } from './place.ts';

let place: Place;
const servers: Server[] = [];
beforeEach(async () => {
  place = await createPlace();
});
afterEach(async () => {
  for (const server of servers.splice(0)) server.close();
  await place.dispose();
});

describe('a service that cannot run', () => {
  it('fails as soon as it has ended twice, with the end of its log', async () => {
    const started = Date.now();
    const explanation = await failure(
      place.deploy({ orders: { env: { MODE: 'crash', EXIT_CODE: '3' } } }, 20_000),
    );
    expect(Date.now() - started).toBeLessThan(8000);
    expect(explanation).toMatchObject({
      code: 'E_ROLLOUT_FAILED',
      exit: 'failure',
      message: 'orders cannot start: its process exits with code 3 (twice)',
      where: 'local, Process/orders',
      hints: ['cloudnative logs orders -e local'],
    });
    const [title, ...lines] = explanation.why!;
    expect(title).toBe('last lines of its log');
    expect(lines).toEqual([expect.stringMatching(/^start pid=\d+ mode=crash$/), 'DATABASE_URL is not set']);
  });

  it('says that nothing serves any more when an update fails', async () => {
    await place.deploy({ orders: {} });
    const explanation = await failure(place.deploy({ orders: { env: { MODE: 'crash', EXIT_CODE: '0' } } }));
    expect(explanation.message).toBe('orders cannot start: its process exits with code 0 (twice)');
    expect(explanation.hints).toContain(
      'nothing of it serves now: its old process was ended first, both listen on the same ports',
    );
    const plan = await place.deploy({ orders: {} });
    expect(plan.changes[0]!.note).toContain('not running: its process exits with code 0');
    expect((await place.status('orders'))!.verdict.readiness).toBe('ready');
  });

  it('is late when it never becomes ready', async () => {
    const explanation = await failure(place.deploy({ orders: { env: { MODE: 'unready' } } }, 1500));
    expect(explanation).toMatchObject({
      code: 'E_TIMEOUT',
      exit: 'timeout',
      message: 'orders is not ready: GET /readyz answers HTTP 503 (not ready after 1.5s)',
      where: `local, Process/orders, pid ${place.pid('orders')}`,
    });
    expect(explanation.why).toContain(`listening on ${place.port('orders')}`);
    const status = await place.status('orders');
    expect(status).toMatchObject({ ready: 0, wanted: 1, verdict: { readiness: 'progressing' } });
    // The same deploy again changes nothing, but does not call it done.
    const again = await place.plan({ orders: { env: { MODE: 'unready' } } });
    expect(again.changes[0]!.action).toBe('none');
  });

  it('is told at once when its program does not exist', async () => {
    const explanation = await failure(place.deploy({ orders: { run: ['no-such-program', 'x'] } }));
    expect(explanation).toMatchObject({
      message: 'orders cannot start: there is no program "no-such-program"',
      why: ['it has written nothing to its log'],
      hints: ['install it, or correct run: in its service.yaml', 'cloudnative logs orders -e local'],
    });
  });

  it('is told at once when its program may not be executed', async () => {
    const program = join(place.folder, 'services/orders/plain');
    mkdirSync(dirname(program), { recursive: true });
    writeFileSync(program, '');
    const explanation = await failure(place.deploy({ orders: { run: ['./plain'] } }));
    expect(explanation.message).toBe('orders cannot start: "./plain" may not be executed');
  });
});

describe('a service whose log cannot be opened', () => {
  it('is said to be so, and does not end the supervisor', async () => {
    await place.deploy({ catalog: {} });
    mkdirSync(place.paths.log('orders'));
    const explanation = await failure(place.deploy({ orders: {} }));
    expect(explanation.message).toContain('EISDIR');
    expect((await place.status('catalog'))!.verdict.readiness).toBe('ready');
    rmSync(place.paths.log('orders'), { recursive: true });
    await place.deploy({ orders: {} });
  });
});

describe('a port in use by another process', () => {
  it('stops the plan when it is pinned, and names the holder', async () => {
    const port = await foreign(0);
    const explanation = await failure(place.plan({ orders: { pinned: { http: port } } }));
    expect(explanation).toMatchObject({
      code: 'E_PORT_TAKEN',
      exit: 'notFound',
      message: `port ${port} of orders is in use`,
      where: 'cloudnative.yaml, environments.local.services.orders.ports.http',
    });
    expect(explanation.why).toMatch(new RegExp(`^pid ${process.pid} \\(.+\\) listens on it$`));
  });

  it('is given up for a new one when it was only remembered', async () => {
    await place.deploy({ orders: {}, caller: { calls: ['orders'] } });
    const before = place.port('orders');
    await place.destroy(['orders']);
    await foreign(before);
    const plan = await place.deploy({ orders: {}, caller: { calls: ['orders'] } });
    const after = place.port('orders');
    expect(after).not.toBe(before);
    expect(plan.changes[0]!.note).toMatch(new RegExp(`^port ${before} was taken: pid ${process.pid} `));
    expect(plan.changes[1]!.fields).toEqual([
      { path: 'env.ORDERS_URL', before: `http://127.0.0.1:${before}`, after: `http://127.0.0.1:${after}` },
    ]);
  });

  it('shows as a field of a service that is down', async () => {
    await place.deploy({ orders: {} });
    const before = place.port('orders');
    await kill(place.supervisor().pid);
    await kill(place.pid('orders'));
    await foreign(before);
    const plan = await place.deploy({ orders: {} });
    expect(plan.changes[0]!.fields).toContainEqual({
      path: 'ports.http',
      before: String(before),
      after: String(place.port('orders')),
    });
  });

  it('is the named cause when it is taken between plan and start', async () => {
    const plan = await place.plan({ orders: {} });
    const { ports } = plan.changes[0]!.desired as { ports: { http: number } };
    await foreign(ports.http);
    const explanation = await failure(carryOut(plan, place.target, 10_000));
    expect(explanation.message).toMatch(
      `orders cannot start: port ${ports.http} is in use by pid ${process.pid} (`,
    );
    expect(explanation.hints![0]).toBe('end that process, then cloudnative deploy -e local');
  });
});

describe('a secret that is in no .env', () => {
  it('stops the plan, naming file and variable', async () => {
    const env = { DB_PASSWORD: { secret: { name: 'db', key: 'password' } } };
    const explanation = await failure(place.plan({ orders: { env }, other: { env } }));
    expect(explanation).toMatchObject({
      code: 'E_SECRET_MISSING',
      exit: 'notFound',
      message: '2 secrets are in no .env file',
    });
    expect(explanation.hints).toContain(
      `add DB_PASSWORD=… to ${place.folder}/services/orders/.env (git must ignore it)`,
    );
    expect((await failure(place.plan({ orders: { env } }))).message).toBe(
      'orders needs the secret DB_PASSWORD, and no .env file has it',
    );
  });
});

async function foreign(port: number): Promise<number> {
  const server = createServer();
  servers.push(server);
  const listen = () =>
    new Promise<void>((resolve, reject) =>
      server.once('error', reject).listen(port, '127.0.0.1', () => resolve()),
    );
  // The threads of a killed process may hold its sockets for a moment after it has gone.
  for (let attempt = 0; ; attempt++) {
    try {
      await listen();
      return (server.address() as { port: number }).port;
    } catch (error) {
      if (attempt === 50) throw error;
      await delay(100, new AbortController().signal);
    }
  }
}

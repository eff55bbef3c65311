import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createPlace, failure, kill, type Place, until } from './place.ts';

let place: Place;
beforeEach(async () => {
  place = await createPlace();
  mkdirSync(join(place.folder, 'services/orders'), { recursive: true });
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await place.dispose();
});

const secret = { secret: { name: 'db', key: 'password' } };
const out = () => join(place.folder, 'seen');
const environment = () => JSON.parse(readFileSync(`${out()}.env`, 'utf8')) as Record<string, string>;

describe('the environment of a service', () => {
  it('is its own values, the addresses of what it calls, and little of the user’s', async () => {
    vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'not for services');
    vi.stubEnv('SSL_CERT_FILE', '/etc/ssl/own.pem');
    vi.stubEnv('SSL_CERT_DIR', undefined);
    vi.stubEnv('NODE_OPTIONS', '--no-warnings');
    const env = { MODE: 'environment', OUT: out(), PLAIN: 'a=b "c"\n$d ü', ADMIN_PORT: '1' };
    await place.deploy({ orders: { env, calls: ['price-list'] }, 'price-list': {} });
    const { PATH, HOME, LANG, TZ, TMPDIR, NODE_EXTRA_CA_CERTS, ...own } = environment();
    expect(PATH).toBe(process.env.PATH);
    expect(own).toEqual({
      ...env,
      HTTP_PORT: String(place.port('orders')),
      ADMIN_PORT: String(place.port('orders') + 1),
      HOST: '127.0.0.1',
      PRICE_LIST_URL: `http://127.0.0.1:${place.port('price-list')}`,
      SSL_CERT_FILE: '/etc/ssl/own.pem',
      CLOUDNATIVE_PROCESS: `${place.paths.root}/orders`,
    });
  });

  it('may name another address for what it calls', async () => {
    const env = { MODE: 'environment', OUT: out(), CATALOG_URL: 'http://127.0.0.1:1' };
    await place.deploy({ orders: { env, calls: ['catalog'] } });
    expect(environment().CATALOG_URL).toBe('http://127.0.0.1:1');
  });

  it('of the supervisor has no more than that either', async () => {
    vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'not for services');
    await place.deploy({ orders: {} });
    expect(readFileSync(`/proc/${place.supervisor().pid}/environ`, 'utf8')).not.toContain('not for services');
  });
});

describe('a secret', () => {
  const wish = () => ({ env: { MODE: 'environment', OUT: out(), DB_PASSWORD: secret, TOKEN: secret } });

  it('comes from the .env of the service, then of the workspace, and stays there', async () => {
    writeFileSync(join(place.folder, '.env'), 'DB_PASSWORD=of-the-workspace\nTOKEN="canary-two"\n');
    writeFileSync(join(place.folder, 'services/orders/.env'), 'DB_PASSWORD=canary-one\n');
    const plan = await place.deploy({ orders: wish() });
    expect(environment()).toMatchObject({ DB_PASSWORD: 'canary-one', TOKEN: 'canary-two' });
    const written = [plan, await place.target.status()].map((value) => JSON.stringify(value)).join();
    expect(written + contentOf(place.paths.root)).not.toMatch(/canary|of-the-workspace/);
  });

  it('that changes restarts the service, and is not shown', async () => {
    writeFileSync(join(place.folder, '.env'), 'DB_PASSWORD=one\nTOKEN=two\n');
    await place.deploy({ orders: wish() });
    const pid = place.pid('orders');
    expect((await place.plan({ orders: wish() })).changes[0]!.action).toBe('none');
    writeFileSync(join(place.folder, '.env'), 'DB_PASSWORD=one\nTOKEN=three\n');
    const plan = await place.deploy({ orders: wish() });
    expect(plan.changes[0]).toMatchObject({
      action: 'update',
      fields: [{ path: 'env.TOKEN', secret: true }],
    });
    expect(place.pid('orders')).not.toBe(pid);
    expect(environment().TOKEN).toBe('three');
  });

  it('that is gone when the process has to be started again is named', async () => {
    writeFileSync(join(place.folder, '.env'), 'DB_PASSWORD=one\nTOKEN=two\n');
    await place.deploy({ orders: wish() });
    rmSync(join(place.folder, '.env'));
    const pid = place.pid('orders');
    process.kill(pid, 'SIGKILL');
    await until(
      'it cannot start',
      async () => (await place.status('orders'))!.verdict.readiness === 'failed',
    );
    expect((await place.status('orders'))!.verdict.reason).toBe('no .env file has DB_PASSWORD, TOKEN');
    expect((await failure(place.deploy({ orders: wish() }))).code).toBe('E_SECRET_MISSING');
  });

  it('is read by the supervisor that takes over as well', async () => {
    writeFileSync(join(place.folder, '.env'), 'DB_PASSWORD=one\nTOKEN=two\n');
    await place.deploy({ orders: wish() });
    await kill(place.supervisor().pid);
    await kill(place.pid('orders'));
    await place.deploy({ orders: wish() });
    expect(environment().DB_PASSWORD).toBe('one');
  });
});

function contentOf(folder: string): string {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((file) => file.isFile());
  return files.map((file) => readFileSync(join(file.parentPath, file.name), 'utf8')).join('\n');
}

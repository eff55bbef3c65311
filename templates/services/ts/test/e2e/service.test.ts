import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { describe, it, type TestContext } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from '../support/port.ts';

/** The built service as a process of its own. */
async function start(test: TestContext) {
  const [http, admin] = [await freePort(), await freePort()];
  const child = spawn(process.execPath, ['dist/main.js'], {
    env: { ...process.env, HOST: '127.0.0.1', HTTP_PORT: `${http}`, ADMIN_PORT: `${admin}` },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  test.after(() => child.kill('SIGKILL'));
  const url = `http://127.0.0.1:${http}`;
  while (!(await fetch(`${url}/readyz`).catch(() => undefined))?.ok) {
    assert.equal(child.exitCode, null, 'the service ended');
    await sleep(50);
  }
  return { child, url, adminUrl: `http://127.0.0.1:${admin}` };
}

describe('the service', { timeout: 30_000 }, () => {
  it('serves metrics on its admin port only', async (test) => {
    const { url, adminUrl } = await start(test);
    assert.equal((await fetch(`${url}/v1/items`)).status, 200);
    assert.equal((await fetch(`${url}/metrics`)).status, 404);
    const metrics = await (await fetch(`${adminUrl}/metrics`)).text();
    assert.match(metrics, /^http_server_request_duration_seconds_count.*"\/v1\/items".* 1$/m);
  });

  it('ends with 0 when told to stop', async (test) => {
    const { child } = await start(test);
    child.kill('SIGTERM');
    assert.deepEqual(await once(child, 'exit'), [0, null]);
  });
});

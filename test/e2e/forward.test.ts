import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { cli, cliOk, startCli } from '../support/cli.ts';
import { get } from '../support/forwarding.ts';
import { eventually } from '../support/prometheus.ts';
import { tinyService } from '../support/tiny-service.ts';

const program = (greeting: string) => `
const { createServer } = require('node:http');
for (const name of ['HTTP_PORT', 'ADMIN_PORT'])
  createServer((request, response) => response.end(name + ' ${greeting} ' + process.pid)).listen(process.env[name], '127.0.0.1');
`;

let home: string;
let at: { cwd: string; env: Record<string, string> };
beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'cloudnative-forward-'));
  at = { cwd: await tinyService(home, 'orders', { program: program('one') }), env: { HOME: home } };
  await cliOk(['deploy'], at);
});
afterAll(async () => {
  await cliOk(['destroy'], at);
  await rm(home, { recursive: true });
});

async function started(
  args: readonly string[],
): Promise<{ child: ChildProcess; output: { stdout: string; stderr: string } }> {
  const run = startCli(['forward', ...args], at);
  await eventually(
    async () => run.output.stdout,
    (text) => text.includes('\n'),
  );
  return run;
}

async function ended(child: ChildProcess, signal: 'SIGINT' | 'SIGTERM'): Promise<number> {
  const close = once(child, 'close');
  child.kill(signal);
  return (await close)[0];
}

it('prints the address once it leads to the service, follows its replacement, and ends with Ctrl-C', async () => {
  const { child, output } = await started(['orders']);
  const address = output.stdout.trim();
  expect(address).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
  expect(await get(address)).toMatch(/^HTTP_PORT one \d+$/);
  await tinyService(home, 'orders', { program: program('two') });
  await cliOk(['deploy'], at);
  expect(await get(address)).toMatch(/^HTTP_PORT two \d+$/);
  const [first, second] = [...output.stderr.matchAll(/orders +leads to +pid (\d+)/g)].map(([, pid]) => pid);
  expect(Number(second)).not.toBe(Number(first));
  // An open connection does not hold it up.
  const open = fetch(address, { keepalive: true });
  await (await open).text();
  expect(await ended(child, 'SIGINT')).toBe(130);
  expect(output.stdout).toBe(`${address}\n`);
  await expect(get(address)).rejects.toThrow();
});

it('leads to the admin port, at a port of choice, as JSON, and ends with SIGTERM', async () => {
  const port = await freePort();
  const { child, output } = await started(['orders', String(port), '--admin', '-o', 'json']);
  expect(JSON.parse(output.stdout)).toEqual({
    service: 'orders',
    port: 'admin',
    host: '127.0.0.1',
    localPort: port,
    url: `http://127.0.0.1:${port}`,
  });
  expect(await get(`http://127.0.0.1:${port}`)).toMatch(/^ADMIN_PORT/);
  expect(await ended(child, 'SIGTERM')).toBe(143);
});

it('says what is wrong', async () => {
  const taken = createServer().listen(0, '127.0.0.1');
  await once(taken, 'listening');
  const { port } = taken.address() as { port: number };
  const cases: [string[], number, RegExp][] = [
    [
      ['orders', String(port)],
      4,
      new RegExp(`port ${port} of this machine is in use .*E_PORT_TAKEN[\\s\\S]*pid ${process.pid}`),
    ],
    [['ordres'], 4, /E_NOT_FOUND[\s\S]*did you mean "orders"/],
    [['orders', '70000'], 2, /E_USAGE/],
    [[], 2, /missing required argument/],
  ];
  for (const [args, code, text] of cases) {
    const result = await cli(['forward', ...args], at);
    expect({ args, code: result.code, stdout: result.stdout }).toEqual({ args, code, stdout: '' });
    expect(result.stderr).toMatch(text);
  }
  taken.close();
  const empty = await tinyService(home, 'catalog');
  const absent = await cli(['forward', 'catalog'], { ...at, cwd: empty });
  expect({ code: absent.code, stderr: absent.stderr }).toEqual({
    code: 4,
    stderr: expect.stringMatching(/E_NOT_DEPLOYED/),
  });
});

it('waits for a service that does not run, and gives up in time', async () => {
  const crashing = await tinyService(home, 'crashing', { program: 'process.exit(3)' });
  const place = { ...at, cwd: crashing };
  await cli(['deploy'], place);
  const { code, stderr } = await cli(['forward', 'crashing', '--timeout', '1s'], place);
  expect({ code, stderr }).toEqual({
    code: 7,
    stderr: expect.stringMatching(/crashing is not ready .*E_NOT_READY/),
  });
  await cliOk(['destroy'], place);
});

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, 'close');
  return port;
}

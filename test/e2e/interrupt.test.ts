import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { bin, cleanEnvironment, cli, startCli } from '../support/cli.ts';
import { eventually } from '../support/prometheus.ts';
import { tinyService } from '../support/tiny-service.ts';

let home: string;
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'cloudnative-interrupt-'));
});
afterEach(async () => {
  await rm(home, { recursive: true, force: true });
});
const at = (cwd: string) => ({ cwd, env: { HOME: home } });

/** A build that says its process id and then takes long; with `stubborn` it does not listen to SIGTERM either. */
const slowBuild = (stubborn: boolean) => [
  [
    'node',
    '-e',
    `${stubborn ? "process.on('SIGTERM', () => {}); process.on('SIGINT', () => {});" : ''}
    require('fs').writeFileSync('pid', String(process.pid)); setTimeout(() => {}, 60000)`,
  ],
];

describe('a signal', () => {
  it.each([
    ['SIGINT', 130, /interrupted/],
    ['SIGTERM', 143, /terminated/],
  ] as const)('%s ends a deploy with %d, and the build with it', async (signal, code, message) => {
    const folder = await tinyService(home, 'orders', { build: slowBuild(false) });
    const { child, output } = startCli(['deploy'], at(folder));
    const pid = await buildPid(folder);
    child.kill(signal);
    const [ended] = await once(child, 'close');
    expect(ended).toBe(code);
    expect(output.stderr).toMatch(message);
    expect(isAlive(pid)).toBe(false);
    expect((await cli(['status'], at(folder))).stdout).toMatch(/not deployed/);
  });

  it('ends at once when it comes a second time', async () => {
    const folder = await tinyService(home, 'orders', { build: slowBuild(true) });
    const { child } = startCli(['deploy'], at(folder));
    const pid = await buildPid(folder);
    child.kill('SIGINT');
    setTimeout(() => child.kill('SIGINT'), 300);
    const [ended] = await once(child, 'close');
    if (isAlive(pid)) process.kill(pid, 'SIGKILL');
    expect(ended).toBe(130);
  });

  it('is told as JSON too', async () => {
    const folder = await tinyService(home, 'orders', { build: slowBuild(false) });
    const { child, output } = startCli(['deploy', '-o', 'json'], at(folder));
    await buildPid(folder);
    child.kill('SIGINT');
    await once(child, 'close');
    expect(JSON.parse(output.stdout)).toMatchObject({
      command: 'deploy',
      ok: false,
      error: { code: 'E_CANCELLED' },
    });
  });
});

it('ends quietly when the reader of its output has gone', async () => {
  const script = `"$0" "$1" --help | head -1; exit "\${PIPESTATUS[0]}"`;
  const child = spawn('bash', ['-c', script, process.execPath, bin], {
    env: cleanEnvironment(),
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stderr = '';
  child.stderr.on('data', (chunk) => {
    stderr += chunk;
  });
  const [code] = await once(child, 'close');
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
});

async function buildPid(folder: string): Promise<number> {
  const file = join(folder, 'pid');
  await eventually(
    async () => existsSync(file) && (await readFile(file, 'utf8')),
    (text) => Boolean(text),
  );
  return Number(await readFile(file, 'utf8'));
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

it('keeps everybody else out from the build on', async () => {
  const folder = await tinyService(home, 'orders', { build: slowBuild(false) });
  const { child } = startCli(['deploy'], at(folder));
  await buildPid(folder);
  const { code, stderr } = await cli(['deploy'], at(folder));
  expect({ code, stderr }).toEqual({ code: 8, stderr: expect.stringMatching(/E_LOCKED/) });
  child.kill('SIGTERM');
  await once(child, 'close');
});

it('says where a lock cannot be taken away, and how it ends there', async () => {
  const folder = await tinyService(home, 'orders');
  const { code, stderr } = await cli(['unlock'], at(folder));
  expect(stderr).toMatch(/cannot be taken away[\s\S]*it ends with the run that holds it/);
  expect(code).toBe(4);
});

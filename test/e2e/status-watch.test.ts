import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { cliOk, startCli } from '../support/cli.ts';
import { eventually } from '../support/prometheus.ts';
import { tinyService } from '../support/tiny-service.ts';

let home: string;
let at: { cwd: string; env: Record<string, string> };
beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'cloudnative-watch-'));
  at = { cwd: await tinyService(home, 'orders'), env: { HOME: home } };
});
afterAll(async () => {
  await cliOk(['destroy'], at);
  await rm(home, { recursive: true });
});

/** Watches while the service is deployed, until what was printed satisfies. */
async function watched(args: readonly string[], satisfied: (stdout: string) => boolean) {
  const { child, output } = startCli(['status', '--watch', ...args], at);
  await eventually(
    async () => output.stdout,
    (text) => text.includes('\n'),
  );
  await cliOk(['deploy'], at);
  await eventually(async () => output.stdout, satisfied);
  const close = once(child, 'close');
  child.kill('SIGINT');
  const [code] = await close;
  return { code, ...output };
}

it('prints a block for each change where nothing can be redrawn, and ends with Ctrl-C', async () => {
  const { code, stdout, stderr } = await watched([], (text) => text.includes('1/1'));
  expect(code).toBe(130);
  const blocks = stdout.trimEnd().split(/\n\n(?=orders on local)/);
  expect(blocks.length).toBeGreaterThan(1);
  expect(blocks[0]).toMatch(/orders +not deployed/);
  expect(blocks.at(-1)).toMatch(/orders +1\/1 ✓/);
  expect(new Set(blocks).size).toBe(blocks.length);
  expect(stdout).not.toContain('\u001b');
  expect(stderr).toBe('interrupted\n');
});

it('prints a document a line', async () => {
  await cliOk(['destroy'], at);
  const { code, stdout } = await watched(['-o', 'json'], (text) => text.includes('"ready":1'));
  expect(code).toBe(130);
  const documents = stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
  expect(documents[0]).toMatchObject({
    version: 1,
    command: 'status',
    ok: true,
    data: { absent: ['orders'] },
  });
  expect(documents.at(-2)).toMatchObject({ ok: true, data: { services: [{ service: 'orders', ready: 1 }] } });
  expect(documents.at(-1)).toMatchObject({ ok: false, error: { code: 'E_CANCELLED' } });
});
